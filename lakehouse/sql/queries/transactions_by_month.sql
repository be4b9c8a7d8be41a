-- Transactions and their amount, month by month.
SELECT extract(year FROM event_date)::bigint AS year, extract(month FROM event_date)::bigint AS month,
       sum(n) AS transactions, sum(amount_minor) AS amount_minor
FROM (SELECT event_date, count(*) AS n, sum(amount_minor) AS amount_minor FROM gold.fact_transactions GROUP BY event_date)
GROUP BY 1, 2 ORDER BY 1, 2
