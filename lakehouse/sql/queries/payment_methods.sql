-- How people pay, and how often each way turned out to be fraud.
SELECT d.payment_method, f.transactions, f.amount_minor, f.frauds
FROM (SELECT payment_method_key, count(*) AS transactions, sum(amount_minor) AS amount_minor,
             count(*) FILTER (WHERE is_fraud) AS frauds
      FROM gold.fact_transactions GROUP BY payment_method_key) AS f
JOIN gold.dim_payment_methods AS d ON d.payment_method_key = f.payment_method_key
ORDER BY f.transactions DESC, d.payment_method
