-- The share of fraud among the transactions of which it is known how they turned out.
SELECT count(*) AS transactions, count(is_fraud) AS labelled, count(*) FILTER (WHERE is_fraud) AS frauds,
       round(count(*) FILTER (WHERE is_fraud) / nullif(count(is_fraud), 0)::double, 6) AS fraud_share
FROM gold.fact_transactions
