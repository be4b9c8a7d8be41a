//! The first mapping as a page of TOML.

use std::fmt::Write;
use std::path::Path;

use super::choose::Choices;
use super::lines;
use super::names::targets;
use super::rest::{derived, label, suggestions};
use super::sample::Sample;
use super::shapes::amounts;
use crate::cells::Encoding;
use crate::mapping::{Form, NumberForm};

/// The whole page.
pub(super) fn page(path: &Path, sample: &Sample, choices: &Choices) -> String {
    let stem = path.file_stem().map_or_else(|| "row".into(), |stem| stem.to_string_lossy());
    let numbers = choices.get("amount_minor").and_then(|choice| amounts(&sample.columns[choice.0]));
    let numbers = numbers.map_or_else(NumberForm::default, |amounts| amounts.numbers);
    let fields: Vec<String> = targets()
        .filter(|(target, _)| !matches!(*target, "is_fraud" | "known_at"))
        .filter_map(|(target, _)| lines::field(sample, choices, target, &stem))
        .collect();
    let mut page = format!(
        "# What the columns of {} mean, guessed from its header and its first {} rows.\n\
         # Read every line, then look at `weir mapping check FILE --mapping THIS`.\n\n",
        quoted(&path.file_name().unwrap_or_default().to_string_lossy()),
        sample.rows
    );
    page.push_str(&form(&Form { numbers, ..sample.form.clone() }));
    page.push_str("[fields]\n");
    page.push_str(&fields.concat());
    if !choices.contains_key("currency") {
        page.push_str("# No column names a currency: what --currency says, or here:\n# currency = { constant = \"USD\" }\n");
    }
    let _ = write!(page, "\n{}", label(sample, choices));
    page.push_str(&rest(sample, &page, choices));
    page
}

/// The table `file`.
fn form(form: &Form) -> String {
    let mut text = format!("[file]\ndelimiter = {}\n", quoted(&char::from(form.delimiter).to_string()));
    if !form.has_header {
        text.push_str("# The first row holds values: columns are called by their places, `column_1` and so on.\nheader = false\n");
    }
    if form.encoding == Encoding::Latin1 {
        text.push_str("# Some bytes are no UTF-8.\nencoding = \"latin-1\"\n");
    }
    if form.numbers != NumberForm::default() {
        let _ = writeln!(text, "decimal = {}", quoted(&form.numbers.decimal.to_string()));
    }
    if let Some(thousands) = form.numbers.thousands {
        let _ = writeln!(text, "thousands = {}", quoted(&thousands.to_string()));
    }
    text.push('\n');
    text
}

/// Columns that are no field: dropped, suggested as attributes, or sealed.
fn rest(sample: &Sample, page: &str, choices: &Choices) -> String {
    // A column within a template stands in the page by its name in braces.
    let is_used = |index: usize, name: &str| {
        choices.values().any(|choice| choice.0 == index) || page.contains(&format!("{{{}}}", bare(name)))
    };
    let columns = sample.columns.iter().enumerate();
    let free: Vec<usize> =
        columns.filter(|(index, column)| !is_used(*index, &column.name)).map(|(index, _)| index).collect();
    let derived = derived(sample, &free);
    let suggested = suggestions(sample, &free);
    let mut text = String::new();
    if !suggested.is_empty() {
        text.push_str("\n# Facts of the shop's own. They are stored unsealed: uncomment those that say nothing about a person,\n");
        text.push_str("# and nothing that became known after the transaction.\n[attributes]\n");
        text.push_str(&suggested.join("\n"));
        text.push('\n');
    }
    text.push_str("\n# Every other column is kept under its own name, sealed with the personal data; \"drop\" does not read them.\n");
    text.push_str("[columns]\nothers = \"seal\"\n");
    let unsealable: Vec<String> = free
        .iter()
        .map(|index| sample.columns[*index].name.as_str())
        .filter(|name| crate::mapping::field(name).is_some())
        .map(quoted)
        .collect();
    if !derived.is_empty() || !unsealable.is_empty() {
        let dropped = [derived, unsealable].concat().join(", ");
        let _ = write!(
            text,
            "# Follows from the time, or has the name of a field that it is not.\ndrop = [{dropped}]\n"
        );
    }
    text
}

/// A comment, each of its lines.
pub(super) fn commented(text: &str) -> String {
    text.lines().map(|line| format!("# {line}\n")).collect()
}

/// A TOML string.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", bare(text))
}

fn bare(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' => bare.push_str("\\\""),
            '\\' => bare.push_str("\\\\"),
            letter if letter.is_control() => {
                let _ = write!(bare, "\\u{:04X}", u32::from(letter));
            }
            letter => bare.push(letter),
        }
    }
    bare
}
