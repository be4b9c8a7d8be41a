-- The devices that the most customers share, and how often they were used for fraud.
SELECT device_entity_key, count(DISTINCT customer_key) AS customers, count(*) AS transactions,
       count(*) FILTER (WHERE is_fraud) AS frauds
FROM gold.fact_transactions WHERE device_entity_key IS NOT NULL
GROUP BY device_entity_key HAVING count(DISTINCT customer_key) > 1
ORDER BY customers DESC, transactions DESC, device_entity_key LIMIT 20
