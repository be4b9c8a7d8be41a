//! What can be wrong with model and policy files.

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file or setting has to change; trying again is useless.
    Settings,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file ends in the middle.
    #[error(
        "model file ends in the middle, after `{size_bytes}` bytes: copy it again from where it was made, or train it again with `weir train`"
    )]
    CutShort {
        /// Bytes there are.
        size_bytes: usize,
    },
    /// The file is not a model.
    #[error(
        "model file is not readable at line `{line}`, column `{column}`: {what}; give a file made by `weir train`"
    )]
    Unreadable {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader found and expected.
        what: String,
    },
    /// Another version's file.
    #[error(
        "model file has format `{found}`, this build reads format `{}`: train it again with this build",
        crate::MODEL_FORMAT
    )]
    Format {
        /// The format found.
        found: u32,
    },
    /// A part of the file contradicts another.
    #[error("model file is damaged at `{path}`: {what}; train it again with `weir train`")]
    Damaged {
        /// Where, as `trees[3].nodes[7].left`.
        path: String,
        /// What is wrong there.
        what: &'static str,
    },
    /// The feature set has no such feature.
    #[error(
        "model `{model}` reads feature `{feature}`, which feature set `{set}` does not define so: train the model again, or run the build it was trained with"
    )]
    MissingFeature {
        /// The model's name.
        model: String,
        /// Id of the feature.
        feature: String,
        /// Version of the set.
        set: String,
    },
}

impl ModelError {
    /// What to do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Settings
    }
}

/// Why a policy cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The text is not a policy.
    #[error("policy is not readable at line `{line}`, column `{column}`: {what}")]
    Unreadable {
        /// Line, from 1.
        line: usize,
        /// Column, from 1.
        column: usize,
        /// What the reader found and expected.
        what: String,
    },
    /// A field has a value that makes no sense.
    #[error("policy field `{field}` is `{found}`, expected {expected}")]
    Field {
        /// The field, as `rules[2].name`.
        field: String,
        /// What stands there.
        found: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A rule asks for a feature that the set does not have.
    #[error(
        "policy field `{field}` is `{feature}`, which feature set `{set}` does not have: see `weir features --list`"
    )]
    UnknownFeature {
        /// The field, as `rules[2].feature`.
        field: String,
        /// The feature asked for.
        feature: String,
        /// Version of the set.
        set: String,
    },
}

impl PolicyError {
    /// What to do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Settings
    }
}
