//! Queries that come with the program.

/// A query that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shipped {
    /// Its name, that of its file.
    pub name: &'static str,
    /// The query; its first line, a comment, says what it is for.
    pub text: &'static str,
}

impl Shipped {
    /// What it is for.
    pub fn purpose(&self) -> &'static str {
        self.text.lines().next().unwrap_or_default().trim_start_matches("-- ")
    }
}

macro_rules! shipped {
    ($($name:literal)*) => {
        /// The queries in the order in which they are documented.
        pub const QUERIES: &[Shipped] = &[
            $(Shipped { name: $name, text: include_str!(concat!("../queries/", $name, ".sql")) },)*
        ];
    };
}

shipped! {
    "fraud_proportion"
    "transactions_by_month"
    "mean_amount_by_age_group"
    "payment_methods"
    "volume_by_device"
    "revenue_by_category"
    "fraud_by_hour"
    "top_shared_devices"
    "decisions_by_outcome"
    "freshness"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_query_says_what_it_is_for() {
        for query in QUERIES {
            assert!(query.text.starts_with("-- "), "{}", query.name);
            assert!(query.purpose().ends_with('.'), "{}", query.name);
        }
    }
}
