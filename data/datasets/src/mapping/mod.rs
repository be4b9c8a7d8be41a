//! A mapping file: what the columns of somebody else's CSV mean.

mod attribute;
mod document;
mod error;
mod form;
mod label;
mod number;
mod origin;
mod pattern;
mod read;
mod rule;
mod time;
mod zone;

use std::path::{Path, PathBuf};

pub(crate) use attribute::Attribute;
pub(crate) use document::Place;
pub use error::MappingError;
pub(crate) use form::Form;
pub(crate) use label::LabelRule;
pub(crate) use number::NumberForm;
pub(crate) use origin::{Header, Named, Origin};
pub(crate) use pattern::Pattern;
pub(crate) use read::field;
pub(crate) use rule::{Rule, Shape, is_amount};
pub(crate) use zone::Zone;

/// What the columns of a CSV file mean, checked; the keys are in the crate's README.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapping {
    pub(crate) file: PathBuf,
    pub(crate) form: Form,
    pub(crate) rules: Vec<Rule<Named>>,
    pub(crate) attributes: Vec<Attribute<Named>>,
    pub(crate) label: Option<LabelRule<Named>>,
    pub(crate) others: Others,
    pub(crate) dropped: Vec<Named>,
    pub(crate) unconfirmed: Option<Place>,
}

/// What becomes of columns that the mapping does not name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Others {
    /// Kept under their own names, sealed with the personal data.
    #[default]
    Seal,
    /// Not read.
    Drop,
}

impl Mapping {
    /// The mapping file itself.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// Whether something in it was guessed and waits for a person's word: the key that says so.
    pub fn unconfirmed(&self) -> Option<&str> {
        self.unconfirmed.as_ref().map(|place| place.key.as_str())
    }

    /// Refuses to be used while a guess in it is not confirmed.
    pub(crate) fn confirmed(&self) -> Result<(), MappingError> {
        match &self.unconfirmed {
            None => Ok(()),
            Some(place) => {
                Err(place
                    .error(&self.file, "a person to look at this guess; if it is right, take this key out"))
            }
        }
    }
}
