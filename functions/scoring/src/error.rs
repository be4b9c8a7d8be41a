//! What can be wrong with models, policies and blocks of vectors.

/// What a caller does about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A file or setting has to change; trying again is useless.
    Settings,
    /// The calling code is wrong; trying again is useless.
    Internal,
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

/// Why a block of vectors cannot be scored: the calling code has laid it out wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BlockError {
    /// Not one column for each feature of the model.
    #[error(
        "block has `{found}` columns, the model reads `{expected}`: give one for each of its features, in order"
    )]
    Columns {
        /// Columns given.
        found: usize,
        /// Features of the model.
        expected: usize,
    },
    /// A column that ends before the last row asked for.
    #[error("column `{place}` has `{found}` rows, `{expected}` are asked for: give columns of equal length")]
    Rows {
        /// Place of the column.
        place: usize,
        /// Its rows.
        found: usize,
        /// End of the rows asked for.
        expected: usize,
    },
    /// Values that are no whole number of vectors.
    #[error("`{found}` values are no whole number of vectors of `{width}`: give whole vectors")]
    Width {
        /// Values given.
        found: usize,
        /// Length of a vector.
        width: usize,
    },
}

impl BlockError {
    /// What to do about it.
    pub const fn kind(&self) -> Kind {
        Kind::Internal
    }
}
