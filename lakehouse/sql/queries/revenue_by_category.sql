-- Revenue by product category, without what turned out to be fraud.
SELECT d.product_category, f.transactions, f.revenue_minor
FROM (SELECT product_category_key, count(*) FILTER (WHERE is_fraud IS DISTINCT FROM true) AS transactions,
             sum(amount_minor) FILTER (WHERE is_fraud IS DISTINCT FROM true) AS revenue_minor
      FROM gold.fact_transactions GROUP BY product_category_key) AS f
JOIN gold.dim_product_categories AS d ON d.product_category_key = f.product_category_key
WHERE f.transactions > 0
ORDER BY f.revenue_minor DESC, d.product_category
