//! Checks the lake: keys once, every fact with its dimensions, the facts' counts and sums those of silver.

use anyhow::bail;
use weir_engine::Lake;
use weir_tables::{LakeTable, TableName};

use crate::report::Report;

/// What must hold: in words, and a query that counts where it does not.
struct Rule {
    holds: &'static str,
    tables: &'static [TableName],
    query: &'static str,
}

const FACTS: &[TableName] = &[TableName::FactTransactions];

const RULES: &[Rule] = &[
    Rule {
        holds: "a transaction is in silver once",
        tables: &[TableName::SilverTransactions],
        query: "SELECT count(*) - count(DISTINCT transaction_id) AS n FROM silver.transactions",
    },
    Rule {
        holds: "a label is in silver once",
        tables: &[TableName::SilverLabels],
        query: "SELECT count(*) AS n FROM (SELECT 1 FROM silver.labels GROUP BY transaction_id, known_at HAVING count(*) > 1)",
    },
    Rule {
        holds: "a day has as many facts as transactions, and the same sum to the cent",
        tables: &[TableName::FactTransactions, TableName::SilverTransactions],
        query: "SELECT count(*) AS n FROM \
            (SELECT event_date, count(*) AS rows, sum(amount_minor) AS amount FROM silver.transactions GROUP BY event_date) AS s \
            FULL JOIN (SELECT event_date, count(*) AS rows, sum(amount_minor) AS amount FROM gold.fact_transactions GROUP BY event_date) AS f \
            ON s.event_date = f.event_date \
            WHERE (s.rows IS DISTINCT FROM f.rows) OR (s.amount IS DISTINCT FROM f.amount)",
    },
    Rule {
        holds: "a fact finds its customer's version",
        tables: FACTS,
        query: "SELECT count(*) AS n FROM gold.fact_transactions f LEFT JOIN gold.dim_customers d ON f.customer_version_key = d.customer_version_key AND f.customer_key = d.customer_key WHERE d.customer_key IS NULL",
    },
    Rule {
        holds: "a fact points to the version that was in force",
        tables: FACTS,
        query: "SELECT count(*) AS n FROM gold.fact_transactions f JOIN gold.dim_customers d ON f.customer_version_key = d.customer_version_key WHERE f.occurred_at < d.valid_from OR f.occurred_at >= d.valid_to",
    },
    Rule {
        holds: "a customer has one current version",
        tables: &[TableName::DimCustomers],
        query: "SELECT count(*) AS n FROM (SELECT customer_key FROM gold.dim_customers GROUP BY customer_key HAVING sum(CASE WHEN is_current THEN 1 ELSE 0 END) <> 1 OR count(*) <> count(DISTINCT customer_version_key))",
    },
    Rule {
        holds: "a fact finds its payment method",
        tables: FACTS,
        query: "SELECT count(*) AS n FROM gold.fact_transactions f LEFT JOIN gold.dim_payment_methods d ON f.payment_method_key = d.payment_method_key WHERE d.payment_method_key IS NULL",
    },
    Rule {
        holds: "a fact finds its product category",
        tables: FACTS,
        query: "SELECT count(*) AS n FROM gold.fact_transactions f LEFT JOIN gold.dim_product_categories d ON f.product_category_key = d.product_category_key WHERE d.product_category_key IS NULL",
    },
    Rule {
        holds: "a fact finds its device",
        tables: FACTS,
        query: "SELECT count(*) AS n FROM gold.fact_transactions f LEFT JOIN gold.dim_devices d ON f.device_key = d.device_key WHERE d.device_key IS NULL",
    },
    Rule {
        holds: "a fact finds its merchant",
        tables: FACTS,
        query: "SELECT count(*) AS n FROM gold.fact_transactions f LEFT JOIN gold.dim_merchants d ON f.merchant_key = d.merchant_key WHERE d.merchant_key IS NULL",
    },
    Rule {
        holds: "a fact finds its hour",
        tables: FACTS,
        query: "SELECT count(*) AS n FROM gold.fact_transactions f LEFT JOIN gold.dim_time d ON f.time_key = d.time_key WHERE d.time_key IS NULL",
    },
    Rule {
        holds: "a fact's label is the one that became known last",
        tables: &[TableName::FactTransactions, TableName::SilverLabels],
        query: "SELECT count(*) AS n FROM gold.fact_transactions f JOIN (SELECT transaction_id, max(known_at) AS known_at FROM silver.labels GROUP BY transaction_id) l ON f.transaction_id = l.transaction_id WHERE f.label_known_at IS DISTINCT FROM l.known_at",
    },
    Rule {
        holds: "a day's metrics are those of its facts",
        tables: &[TableName::FactTransactions, TableName::DailyMetrics],
        query: "SELECT count(*) AS n FROM (SELECT event_date, count(*) AS rows, sum(amount_minor) AS amount FROM gold.fact_transactions GROUP BY event_date) f JOIN gold.daily_metrics m ON f.event_date = m.event_date WHERE f.rows <> m.transactions OR f.amount <> m.amount_minor",
    },
];

/// Checks every rule whose tables exist.
///
/// # Errors
/// If a rule is broken: all that are, with how often; or if the lake cannot be read.
pub async fn check(lake: &Lake) -> anyhow::Result<Report> {
    #[derive(serde::Deserialize)]
    struct Counted {
        n: i64,
    }
    let mut report = Report::default();
    let mut broken = Vec::new();
    for rule in RULES {
        let mut is_there = true;
        for name in rule.tables {
            match Box::pin(LakeTable::open(lake, *name)).await? {
                Some(table) => drop(report.versions_read.insert(name.to_string(), table.version())),
                None => is_there = false,
            }
        }
        if !is_there {
            continue;
        }
        let mut answer = Vec::new();
        let format = weir_sql::Format::Json;
        Box::pin(weir_sql::run(lake, rule.query, format, usize::MAX, &mut answer)).await?;
        let rows: Vec<Counted> = serde_json::from_slice(&answer)?;
        match rows.first().map_or(0, |row| row.n) {
            0 => report.notes.push(format!("holds: {}", rule.holds)),
            times => broken.push(format!("`{}` does not hold {times} times", rule.holds)),
        }
    }
    if !broken.is_empty() {
        bail!("{}; make the dates again with `weir job star --from … --to …`", broken.join("; "));
    }
    Ok(report)
}
