-- What was decided, and how it turned out.
SELECT outcome, count(*) AS transactions, count(*) FILTER (WHERE is_fraud) AS frauds,
       count(*) FILTER (WHERE NOT is_fraud) AS legitimate, round(avg(score), 6) AS mean_score
FROM gold.fact_transactions GROUP BY outcome ORDER BY outcome
