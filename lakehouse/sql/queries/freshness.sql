-- How far the lake reaches: the newest transaction and the newest label that the facts hold.
SELECT max(occurred_at) AS newest_transaction, max(label_known_at) AS newest_label, count(*) AS facts
FROM gold.fact_transactions
