//! What a file says about what turned out.

use weir_events::Timestamp;

use super::document::Table;
use super::error::MappingError;
use super::origin::{Header, Named, Origin};
use super::time::{self, TimeForm};

/// Words for true and false; case does not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    yes: Vec<String>,
    no: Vec<String>,
}

impl Default for Words {
    fn default() -> Self {
        let own = |words: [&str; 3]| words.map(str::to_owned).to_vec();
        Self { yes: own(["1", "true", "yes"]), no: own(["0", "false", "no"]) }
    }
}

impl Words {
    /// The keys `true` and `false`.
    pub(crate) fn read(table: &Table<'_>) -> Result<Self, MappingError> {
        let usual = Self::default();
        let list = |key: &str, usual: Vec<String>| {
            let words = table.texts(key)?;
            Ok(words.map_or(usual, |words| words.into_iter().map(str::to_owned).collect()))
        };
        let words = Self { yes: list("true", usual.yes)?, no: list("false", usual.no)? };
        if words.yes.iter().any(|word| is_among(&words.no, word)) {
            return Err(table.error("true", "words that are not among those of `false` as well"));
        }
        Ok(words)
    }

    /// What a word says.
    pub(crate) fn read_word(&self, text: &str) -> Option<bool> {
        if is_among(&self.yes, text) { Some(true) } else { is_among(&self.no, text).then_some(false) }
    }

    /// What a word should be.
    pub(crate) fn expected(&self) -> String {
        format!("one of {} for true, {} for false", self.yes.join(", "), self.no.join(", "))
    }
}

fn is_among(words: &[String], text: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// The label of a row, and when it became known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LabelRule<C> {
    pub(crate) origin: Origin<C>,
    pub(crate) words: Words,
    pub(crate) known_at: Option<(Origin<C>, TimeForm)>,
    pub(crate) known_after_days: Option<u32>,
}

/// Most days after which a label may become known: ten years.
const DAYS_MAX: u32 = 3_650;
const DAY_MICROS: i64 = 86_400_000_000;

impl LabelRule<Named> {
    /// The table `label`.
    pub(crate) fn read(table: &Table<'_>) -> Result<Self, MappingError> {
        table.only(&["column", "template", "constant", "true", "false", "known_at", "known_after_days"])?;
        let words = Words::read(table)?;
        let known_at = if table.has("known_at") { Some(known_at(table)?) } else { None };
        let known_after_days = table.number("known_after_days", DAYS_MAX)?;
        Ok(Self { origin: Origin::read(table)?, words, known_at, known_after_days })
    }

    pub(crate) fn resolve(&self, header: &Header<'_>) -> Result<LabelRule<usize>, MappingError> {
        let known_at = match &self.known_at {
            Some((origin, form)) => Some((origin.resolve(header)?, form.clone())),
            None => None,
        };
        let (words, known_after_days) = (self.words.clone(), self.known_after_days);
        Ok(LabelRule { origin: self.origin.resolve(header)?, words, known_at, known_after_days })
    }
}

impl LabelRule<usize> {
    /// A column of `0` and `1` that does not say when it became known.
    pub(crate) fn column(index: usize) -> Self {
        let words = Words::default();
        Self { origin: Origin::Column(index), words, known_at: None, known_after_days: None }
    }

    /// When the label of a transaction became known by the mapping's days.
    pub(crate) fn known_after(&self, occurred_at: Timestamp) -> Option<Timestamp> {
        let days = self.known_after_days?;
        Some(occurred_at.plus_micros(i64::from(days) * DAY_MICROS))
    }
}

fn known_at(table: &Table<'_>) -> Result<(Origin<Named>, TimeForm), MappingError> {
    let table = table.table("known_at")?;
    table.only(&[&["column", "template"][..], &time::KEYS].concat())?;
    Ok((Origin::read(&table)?, TimeForm::read(&table)?))
}
