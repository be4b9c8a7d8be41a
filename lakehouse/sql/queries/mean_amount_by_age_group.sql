-- The mean amount by the age that customers had when they ordered.
SELECT age_group, count(*) AS transactions, round(avg(amount_minor) / 100, 2) AS mean_amount
FROM gold.fact_transactions GROUP BY age_group ORDER BY age_group
