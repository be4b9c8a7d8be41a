//! Places at which a test can stop a job.

use std::fmt;
use std::str::FromStr;

/// A moment of a job after which a crash must not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultPoint {
    /// A plan's file exists, nothing else was done for it.
    AfterPlan,
    /// Data files are written, their commit is not.
    AfterDataFiles,
    /// A Delta commit is visible; of a plan with two tables, the first one's.
    AfterDeltaCommit,
    /// All tables of a plan carry it, its landing files are still there.
    BeforeCleanup,
    /// The first landing file is deleted, the others are still there.
    DuringCleanup,
    /// Data files of a silver table are written, their commit is not.
    AfterSilverFiles,
    /// Data files of an import's block are written, nothing is committed.
    AfterImportFiles,
    /// An import's transactions are visible, their labels are not.
    AfterImportTransactions,
    /// An import's transactions and labels are visible, the note of it is not.
    AfterImportLabels,
    /// Data files of the star's facts are written, nothing is committed.
    AfterStarFiles,
    /// The star's dimensions are visible, its facts are not.
    AfterStarDimensions,
    /// The star's facts are visible, its customers are not.
    AfterStarFacts,
    /// Data files of a table that is maintained are written anew, their commit is not.
    AfterMaintainFiles,
}

/// No fault point has this name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownFaultPoint(String);

impl fmt::Display for UnknownFaultPoint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = FaultPoint::ALL.map(FaultPoint::name).join("`, `");
        write!(formatter, "`{}` is no fault point; use one of `{names}`", self.0)
    }
}

impl std::error::Error for UnknownFaultPoint {}

impl FaultPoint {
    /// Every fault point, in the order in which a run passes them.
    pub const ALL: [Self; 13] = [
        Self::AfterPlan,
        Self::AfterDataFiles,
        Self::AfterDeltaCommit,
        Self::BeforeCleanup,
        Self::DuringCleanup,
        Self::AfterSilverFiles,
        Self::AfterImportFiles,
        Self::AfterImportTransactions,
        Self::AfterImportLabels,
        Self::AfterStarFiles,
        Self::AfterStarDimensions,
        Self::AfterStarFacts,
        Self::AfterMaintainFiles,
    ];

    /// Name in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AfterPlan => "after_plan",
            Self::AfterDataFiles => "after_data_files",
            Self::AfterDeltaCommit => "after_delta_commit",
            Self::BeforeCleanup => "before_cleanup",
            Self::DuringCleanup => "during_cleanup",
            Self::AfterSilverFiles => "after_silver_files",
            Self::AfterImportFiles => "after_import_files",
            Self::AfterImportTransactions => "after_import_transactions",
            Self::AfterImportLabels => "after_import_labels",
            Self::AfterStarFiles => "after_star_files",
            Self::AfterStarDimensions => "after_star_dimensions",
            Self::AfterStarFacts => "after_star_facts",
            Self::AfterMaintainFiles => "after_maintain_files",
        }
    }
}

impl FromStr for FaultPoint {
    type Err = UnknownFaultPoint;

    fn from_str(name: &str) -> Result<Self, UnknownFaultPoint> {
        Self::ALL
            .into_iter()
            .find(|point| point.name() == name)
            .ok_or_else(|| UnknownFaultPoint(name.to_owned()))
    }
}

/// What a job does at a fault point; only tests set it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fault {
    /// Nothing.
    #[default]
    None,
    /// The job ends there with an error, as if it had been stopped.
    Error(FaultPoint),
    /// The process dies there, without clean-up of any kind.
    Abort(FaultPoint),
}

impl Fault {
    /// Passes a point.
    ///
    /// # Errors
    /// If the job is to end here.
    pub fn reach(self, point: FaultPoint) -> anyhow::Result<()> {
        match self {
            Self::Error(chosen) if chosen == point => {
                anyhow::bail!("stopped at `{}` as the settings ask", point.name())
            }
            Self::Abort(chosen) if chosen == point => std::process::abort(),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_point_has_a_name_that_reads_back() {
        for point in FaultPoint::ALL {
            assert_eq!(point.name().parse(), Ok(point));
        }
        assert!("after_lunch".parse::<FaultPoint>().is_err());
    }
}
