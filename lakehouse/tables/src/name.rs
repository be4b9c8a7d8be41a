//! Names of the lake's tables.

use std::fmt;
use std::str::FromStr;

/// Declares the tables: variant, layer, name within it, and what a row is.
macro_rules! tables {
    ($($(#[doc = $doc:literal])+ $variant:ident = $layer:literal . $table:literal;)*) => {
        /// A table of the lake.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum TableName {
            $($(#[doc = $doc])+ $variant,)*
        }

        impl TableName {
            /// Every table.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Schema in SQL: `bronze`, `silver`, `gold` or `system`.
            pub const fn layer(self) -> &'static str {
                match self {
                    $(Self::$variant => $layer,)*
                }
            }

            /// Name within its layer.
            pub const fn table(self) -> &'static str {
                match self {
                    $(Self::$variant => $table,)*
                }
            }

            /// What a row is.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!($($doc),+).trim_ascii(),)*
                }
            }
        }
    };
}

tables! {
    /// A record of the stream as received: position, key, payload.
    BronzeTransactions = "bronze"."transactions";
    /// A label of the stream as received, the same.
    BronzeLabels = "bronze"."labels";
    /// A range of rows of an imported file: which file, which rows, what became of them.
    BronzeImports = "bronze"."imports";
    /// A transaction, once per id, and where it arrived first.
    SilverTransactions = "silver"."transactions";
    /// A label, once per transaction and the time it became known.
    SilverLabels = "silver"."labels";
    /// A decision, with a nullable column `f_<feature>` for each feature.
    SilverDecisions = "silver"."decisions";
    /// What a label changed in an entity's state.
    SilverLabelEffects = "silver"."label_effects";
    /// What was known of a transaction from one moment to another: exactly one row of it holds at any moment.
    SilverLabelledTransactions = "silver"."labelled_transactions";
    /// A customer at one place: a new row from the first order with another location on.
    DimCustomers = "gold"."dim_customers";
    /// A payment method.
    DimPaymentMethods = "gold"."dim_payment_methods";
    /// A product category.
    DimProductCategories = "gold"."dim_product_categories";
    /// A kind of device.
    DimDevices = "gold"."dim_devices";
    /// A merchant or terminal.
    DimMerchants = "gold"."dim_merchants";
    /// An hour in which there was an order.
    DimTime = "gold"."dim_time";
    /// A transaction with the keys of its dimensions, its measures, what was decided and what turned out.
    FactTransactions = "gold"."fact_transactions";
    /// A day's sums.
    DailyMetrics = "gold"."daily_metrics";
    /// A run of a job.
    JobRuns = "system"."job_runs";
    /// A day's comparison of two stages: what one has and the other lacks, and sums of what both have.
    Reconcile = "system"."reconcile";
}

/// No table has this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no table `{0}`; `weir sql \"SHOW TABLES\"` lists those that exist")]
pub struct UnknownTable(String);

impl FromStr for TableName {
    type Err = UnknownTable;

    fn from_str(text: &str) -> Result<Self, UnknownTable> {
        let found = Self::ALL.iter().find(|name| name.to_string() == text);
        found.copied().ok_or_else(|| UnknownTable(text.to_owned()))
    }
}

impl TableName {
    /// Folder under the lake's root.
    pub fn folder(self) -> String {
        format!("tables/{}/{}", self.layer(), self.table())
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.layer(), self.table())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_reads_back_and_says_what_a_row_is() {
        for name in TableName::ALL {
            assert_eq!(name.to_string().parse(), Ok(*name));
            assert!(name.meaning().ends_with('.'), "{name}");
        }
        assert!("gold.nothing".parse::<TableName>().is_err());
    }
}
