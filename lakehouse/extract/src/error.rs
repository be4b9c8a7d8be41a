//! Why a date could not be fetched.

use std::path::{Path, PathBuf};

/// What the caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Try again later: what was fetched is gone on from.
    Retryable,
    /// Change the description or the environment; other dates will fail too.
    Settings,
    /// The source answers something that cannot be used.
    Poison,
}

/// Why a date could not be fetched. Hosts and paths are named; queries and headers are not, since they may be secret.
#[derive(Debug, thiserror::Error)]
pub enum ExtractError {
    /// The description cannot be used.
    #[error("{}: {problem}", file.display())]
    Description {
        /// The file.
        file: PathBuf,
        /// The key, what was found and what is expected.
        problem: String,
    },
    /// A header has no value.
    #[error("the environment variable `{variable}` is not set, which header `{header}` is made of; set it")]
    Variable {
        /// The variable.
        variable: String,
        /// The header.
        header: String,
    },
    /// The source does not know us.
    #[error("`{host}` refused the credentials with {status}; {}", credentials(variables))]
    Credentials {
        /// Who refused.
        host: String,
        /// 401 or 403.
        status: u16,
        /// Variables that the headers are made of.
        variables: Vec<String>,
    },
    /// The source answered with an error.
    #[error("`{host}` answered {status} to `{path}`{}; {}", times(*tried), advice(*status))]
    Status {
        /// Who answered.
        host: String,
        /// What was asked for, without its query.
        path: String,
        /// The status.
        status: u16,
        /// How often it was tried.
        tried: u32,
    },
    /// No whole answer came.
    #[error("`{host}` gave no whole answer{}; check that it is up, then run the same command again", times(*tried))]
    Unanswered {
        /// Who was asked.
        host: String,
        /// How often it was tried.
        tried: u32,
        /// What the client says, without the URL.
        #[source]
        source: reqwest::Error,
    },
    /// The date took too long, or would.
    #[error(
        "`{host}` took longer than {seconds} s for the date; raise `limits.deadline_seconds`, or run again to go on"
    )]
    Deadline {
        /// Who was asked.
        host: String,
        /// `limits.deadline_seconds`.
        seconds: u64,
    },
    /// The answer is not what the description says.
    #[error("`{host}` answered {problem}")]
    Answer {
        /// Who answered.
        host: String,
        /// What is wrong, and what was expected.
        problem: String,
    },
    /// More bytes than allowed.
    #[error("more than {bytes_max} bytes came; raise `limits.{limit}` if that is right")]
    TooLarge {
        /// The limit.
        limit: &'static str,
        /// Its value.
        bytes_max: u64,
    },
    /// A link or redirect leads to somebody else, who is not to see the headers.
    #[error(
        "`{host}` leads to `{other}`, which is not asked: headers may be secret; if that is right, make it the `url`"
    )]
    Elsewhere {
        /// Who was asked.
        host: String,
        /// Where it leads.
        other: String,
    },
    /// The objects cannot be listed or read.
    #[error("cannot read `{url}`; check that it exists and that the credentials may list and read it")]
    Objects {
        /// What was read.
        url: String,
        /// What the store says.
        #[source]
        source: object_store::Error,
    },
    /// There is nothing, or not yet all.
    #[error("{problem}")]
    NotThere {
        /// What is missing, and what to do.
        problem: String,
    },
    /// The home cannot be written to.
    #[error("cannot use `{}`; check that it may be written and that the disk has room", path.display())]
    Staging {
        /// File or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: std::io::Error,
    },
}

/// A date that was not fetched.
#[derive(Debug, thiserror::Error)]
#[error("{date}: {place}")]
pub struct DateError {
    /// The date.
    pub date: chrono::NaiveDate,
    /// Which page or object.
    pub place: String,
    /// Why.
    #[source]
    pub cause: ExtractError,
}

impl ExtractError {
    /// What the caller does about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Description { .. } | Self::Variable { .. } | Self::Credentials { .. } => Kind::Settings,
            Self::Status { status, .. } if !is_passing(*status) => Kind::Poison,
            Self::Answer { .. } | Self::TooLarge { .. } | Self::Elsewhere { .. } => Kind::Poison,
            Self::Status { .. }
            | Self::Unanswered { .. }
            | Self::Deadline { .. }
            | Self::Objects { .. }
            | Self::NotThere { .. }
            | Self::Staging { .. } => Kind::Retryable,
        }
    }

    pub(crate) fn staging(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| Self::Staging { path: path.to_owned(), source }
    }
}

/// Whether the same request may be answered otherwise a little later.
pub(crate) const fn is_passing(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

fn times(tried: u32) -> String {
    if tried > 1 { format!(" {tried} times") } else { String::new() }
}

fn advice(status: u16) -> &'static str {
    match status {
        404 | 410 => "check `source.url`",
        429 => "it asks for fewer requests: run the same command again later",
        500..=599 | 408 | 425 => "run the same command again later, it goes on from there",
        300..=399 => "check `source.url`: it leads elsewhere",
        _ => "check `source.url` and `source.query`",
    }
}

fn credentials(variables: &[String]) -> String {
    if variables.is_empty() {
        return "the description has no `[source.headers]`".to_owned();
    }
    let names = variables.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    format!("check what {names} of the environment holds, and whether it may read this")
}
