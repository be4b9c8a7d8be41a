//! A plan: which rows the next commit of a table holds.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use weir_events::{Sequence, Timestamp};

/// Folder under the lake's root that holds plans.
pub const PLANS: &str = "plans";

/// Version of the plan's form that this build writes and reads.
pub const FORMAT_VERSION: u16 = 1;

/// Last sequence committed of each shard, by `<stream>/<shard>`.
pub type Watermarks = BTreeMap<String, Sequence>;

/// One landing file of a plan, and the part of it that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedFile {
    /// Path under the lake's root.
    pub path: String,
    /// Name of the stream.
    pub stream: String,
    /// Name of the shard.
    pub shard: String,
    /// Only rows after this sequence count; from the first row if absent.
    pub after: Option<Sequence>,
    /// Only rows up to this sequence count.
    pub through: Sequence,
}

impl PlannedFile {
    /// Whether the row at this sequence counts.
    pub fn counts(&self, sequence: &Sequence) -> bool {
        self.after.as_ref().is_none_or(|after| sequence > after) && sequence <= &self.through
    }
}

/// A numbered plan. Once its file exists it is never changed: whoever finds it finishes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Version of this form.
    pub format_version: u16,
    /// The table it is for.
    pub table: String,
    /// Its number, from 1 without gap.
    pub number: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// What to read, in order.
    pub files: Vec<PlannedFile>,
    /// Last sequence of every shard once this plan is committed, shards of earlier plans included.
    pub watermarks: Watermarks,
}

/// What is wrong with a plan's file.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// It is no plan.
    #[error(
        "the plan is not readable; restore it from a copy, it must not be deleted while it is the newest"
    )]
    Form {
        /// What the reader said.
        #[source]
        source: serde_json::Error,
    },
    /// A newer build wrote it.
    #[error("the plan has format version {found}, this build reads {FORMAT_VERSION}; use the newer build")]
    Version {
        /// Version found.
        found: u16,
    },
}

impl Plan {
    /// Path of its file under the lake's root.
    pub fn path(&self) -> String {
        plan_path(&self.table, self.number)
    }

    /// The file's content.
    ///
    /// # Errors
    /// If it cannot be written as JSON, which would be a bug.
    pub fn to_json(&self) -> Result<Vec<u8>, PlanError> {
        serde_json::to_vec_pretty(self).map_err(|source| PlanError::Form { source })
    }

    /// Reads a plan's file.
    ///
    /// # Errors
    /// If it is no plan, or of a version that this build does not know.
    pub fn from_json(bytes: &[u8]) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct Version {
            format_version: u16,
        }
        let form = |source| PlanError::Form { source };
        let version = serde_json::from_slice::<Version>(bytes).map_err(form)?.format_version;
        if version != FORMAT_VERSION {
            return Err(PlanError::Version { found: version });
        }
        serde_json::from_slice(bytes).map_err(form)
    }
}

/// Folder of one table's plans.
pub fn plans_prefix(table: &str) -> String {
    format!("{PLANS}/{table}")
}

/// Path of a plan's file; numbers are padded so that a listing in order of names is in order of numbers.
pub fn plan_path(table: &str, number: u64) -> String {
    format!("{PLANS}/{table}/{number:020}.json")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let file = PlannedFile {
            path: "landing/labels/0/a-b.parquet".to_owned(),
            stream: "labels".to_owned(),
            shard: "0".to_owned(),
            after: Some(4.into()),
            through: 10.into(),
        };
        Plan {
            format_version: FORMAT_VERSION,
            table: "bronze.labels".to_owned(),
            number: 12,
            created_at: Timestamp::from_seconds(0),
            files: vec![file],
            watermarks: Watermarks::from([("labels/0".to_owned(), 10.into())]),
        }
    }

    #[test]
    fn a_plan_reads_back() {
        assert_eq!(Plan::from_json(&plan().to_json().unwrap()).unwrap(), plan());
        assert_eq!(plan().path(), "plans/bronze.labels/00000000000000000012.json");
    }

    #[test]
    fn a_newer_version_and_a_cut_file_are_refused() {
        let newer = Plan { format_version: 2, ..plan() }.to_json().unwrap();
        assert!(matches!(Plan::from_json(&newer), Err(PlanError::Version { found: 2 })));
        let whole = plan().to_json().unwrap();
        assert!(matches!(Plan::from_json(&whole[..whole.len() / 2]), Err(PlanError::Form { .. })));
    }

    #[test]
    fn rows_at_the_edges_count_once() {
        let file = plan().files.remove(0);
        let counted = (1..=12u64).filter(|number| file.counts(&(*number).into())).collect::<Vec<_>>();
        assert_eq!(counted, [5, 6, 7, 8, 9, 10]);
    }
}
