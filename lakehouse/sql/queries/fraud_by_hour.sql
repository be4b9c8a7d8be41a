-- At which hours of the day (UTC) fraud happens.
SELECT t.hour, sum(f.transactions) AS transactions, sum(f.frauds) AS frauds,
       round(sum(f.frauds) / nullif(sum(f.labelled), 0)::double, 6) AS fraud_share
FROM (SELECT time_key, count(*) AS transactions, count(is_fraud) AS labelled, count(*) FILTER (WHERE is_fraud) AS frauds
      FROM gold.fact_transactions GROUP BY time_key) AS f
JOIN gold.dim_time AS t ON t.time_key = f.time_key
GROUP BY t.hour ORDER BY t.hour
