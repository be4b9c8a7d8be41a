-- Transactions and pieces by the kind of device that the order came from.
SELECT d.device_type, f.transactions, f.pieces, f.amount_minor
FROM (SELECT device_key, count(*) AS transactions, sum(quantity) AS pieces, sum(amount_minor) AS amount_minor
      FROM gold.fact_transactions GROUP BY device_key) AS f
JOIN gold.dim_devices AS d ON d.device_key = f.device_key
ORDER BY f.transactions DESC, d.device_type
