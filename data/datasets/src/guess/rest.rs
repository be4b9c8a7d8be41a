//! The label of the first mapping, and columns that are no field.

use super::choose::Choices;
use super::dates::{Times, times};
use super::names::{may_be_attribute, plain};
use super::page::{commented, quoted};
use super::sample::{Column, Sample};
use super::shapes::{flags, integers, is_card, is_email, is_ip};
use crate::mapping::NumberForm;

/// Most different texts of a column that is suggested as a category.
const FEW_WORDS: usize = 50;
/// Most attributes that are suggested.
const MOST_SUGGESTED: usize = 40;

/// The table `label`.
pub(super) fn label(sample: &Sample, choices: &Choices) -> String {
    let Some((index, _)) = choices.get("is_fraud") else {
        return "# No column says what turned out. If one does:\n# [label]\n# column = \"\"\n".to_owned();
    };
    let column = &sample.columns[*index];
    let (yes, no) = flags(column).unwrap_or_default();
    let list = |words: &[&str], usual: &str| {
        let words = if words.is_empty() { vec![usual] } else { words.to_vec() };
        words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(", ")
    };
    let mut text = format!(
        "[label]\ncolumn = {}\ntrue = [{}]\nfalse = [{}]\n",
        quoted(&column.name),
        list(&yes, "1"),
        list(&no, "0")
    );
    if let Some((known, _)) = choices.get("known_at")
        && let known = &sample.columns[*known]
        && let Some(Times::Calendar { pattern, .. }) = times(known)
    {
        let (name, pattern) = (quoted(&known.name), quoted(&pattern));
        text.push_str(&format!("known_at = {{ column = {name}, format = {pattern}, zone = \"UTC\" }}\n"));
    }
    let comment = "Days after which a label becomes known, where no column tells; without it, what --label-delay-days says.";
    text.push_str(&format!("{}# known_after_days = 30\n", commented(comment)));
    text
}

/// Whether a column is the hour of the time.
fn is_hour(column: &Column) -> bool {
    plain(&column.name).ends_with("hour") && integers(column, 0, 23)
}

/// Columns that follow from the time, and so are not read.
pub(super) fn derived(sample: &Sample, free: &[usize]) -> Vec<String> {
    free.iter()
        .map(|index| &sample.columns[*index])
        .filter(|column| is_hour(column))
        .map(|column| quoted(&column.name))
        .collect()
}

/// Attributes that could be made of columns that are left; a person decides, since attributes are not sealed.
pub(super) fn suggestions(sample: &Sample, free: &[usize]) -> Vec<String> {
    let columns = free.iter().map(|index| &sample.columns[*index]);
    // A column without a name mostly numbers the rows.
    let columns = columns.filter(|column| !sample.form.has_header || !column.name.starts_with("column_"));
    let suggested = columns.filter(|column| may_be_attribute(&column.name)).filter_map(|column| {
        let kind = kind(column, sample.form.numbers)?;
        let key = column.name.chars().take(weir_events::ATTRIBUTE_NAME_MAX).collect::<String>();
        Some(format!("# {} = {{ column = {}, type = \"{kind}\" }}", quoted(&key), quoted(&column.name)))
    });
    suggested.take(MOST_SUGGESTED).collect()
}

fn kind(column: &Column, numbers: NumberForm) -> Option<&'static str> {
    let is_personal = column.mostly(is_email)
        || column.mostly(is_ip)
        || (column.values.len() > 10 && column.mostly(is_card));
    if column.values.is_empty() || is_personal || is_hour(column) || times(column).is_some() {
        return None;
    }
    if flags(column).is_some() {
        return Some("flag");
    }
    if column.mostly(|value| numbers.float(value).is_some()) {
        return Some("number");
    }
    column.words(FEW_WORDS).filter(|words| words.len() * 2 < column.values.len()).map(|_| "text")
}
