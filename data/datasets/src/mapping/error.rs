//! What is wrong with a mapping file.

use std::path::PathBuf;

/// A mapping that cannot be used: where, and what would be right. Mapping files name columns and fields, never values.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{}` line {line}, `{key}`: expected {expected}{}", file.display(), hint(nearest.as_deref()))]
pub struct MappingError {
    /// The mapping file.
    pub file: PathBuf,
    /// Line of the key, from 1.
    pub line: usize,
    /// The key with its tables, as in `fields.amount_minor.unit`.
    pub key: String,
    /// What was expected.
    pub expected: String,
    /// The valid name that is nearest to the one found.
    pub nearest: Option<String>,
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map(|name| format!("; the nearest is `{name}`")).unwrap_or_default()
}

/// Least likeness of a name that is worth telling.
const LEAST_LIKENESS: f64 = 0.6;

/// The candidate that is most like a name, if one is like it at all; case and separators do not count.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let plain = |text: &str| text.to_lowercase().replace(['_', '-', ' '], "");
    let wanted = plain(name);
    let likeness = |candidate: &str| {
        let candidate = plain(candidate);
        let is_part = wanted.len() > 2 && (candidate.contains(&wanted) || wanted.contains(&candidate));
        let part = if is_part && !candidate.is_empty() { 0.2 } else { 0.0 };
        strsim::normalized_damerau_levenshtein(&wanted, &candidate) + part
    };
    let scored = candidates.into_iter().map(|candidate| (likeness(candidate), candidate));
    let best = scored.max_by(|left, right| left.0.total_cmp(&right.0))?;
    (best.0 >= LEAST_LIKENESS).then(|| best.1.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_told_and_a_far_one_is_not() {
        let names = ["occurred_at", "customer_id", "amount_minor"];
        assert_eq!(nearest("occured_at", names).as_deref(), Some("occurred_at"));
        assert_eq!(nearest("Customer ID", names).as_deref(), Some("customer_id"));
        assert_eq!(nearest("amount", names).as_deref(), Some("amount_minor"));
        assert_eq!(nearest("zebra", names), None);
        assert_eq!(nearest("x", []), None);
    }
}
