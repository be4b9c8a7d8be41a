//! One field of the first mapping, with its comment.

use super::choose::{Because, Choices};
use super::dates::{Times, clock, times};
use super::names::plain;
use super::page::{commented, quoted};
use super::sample::{Column, Sample};
use super::shapes::{amounts, devices};

/// Moment from which files count that do not say their first day.
const SOME_DAY: &str = "2026-01-01T00:00:00Z";

/// One `field = …` with the comment above it.
pub(super) fn field(sample: &Sample, choices: &Choices, target: &str, stem: &str) -> Option<String> {
    if target == "occurred_at" {
        return occurred_at(sample, choices);
    }
    let Some((index, because)) = choices.get(target).copied() else {
        return fallback(sample, choices, target, stem);
    };
    let column = &sample.columns[index];
    let why = reason(column, because);
    let name = quoted(&column.name);
    Some(match target {
        "amount_minor" => amount(column, &why),
        "device_type" => {
            let values = devices(column).unwrap_or_default();
            let pairs: Vec<String> =
                values.iter().map(|(word, device)| format!("{} = \"{device}\"", quoted(word))).collect();
            if pairs.is_empty() {
                format!("{}device_type = {name}\n", commented(&why))
            } else {
                let pairs = pairs.join(", ");
                format!("{}device_type = {{ column = {name}, values = {{ {pairs} }} }}\n", commented(&why))
            }
        }
        _ => format!("{}{target} = {name}\n", commented(&why)),
    })
}

fn reason(column: &Column, because: Because) -> String {
    let told = match because {
        Because::Name => "its name says so",
        Because::Values => "told by its values alone, look at it",
    };
    let distinct = if column.is_unique() {
        "all different".to_owned()
    } else {
        format!("{} different", column.distinct)
    };
    format!("Column {}: {told}; {} values, {distinct}.", quoted(&column.name), column.values.len())
}

fn amount(column: &Column, why: &str) -> String {
    let mut comment = why.to_owned();
    let mut keys = format!("column = {}", quoted(&column.name));
    let is_minor = ["cents", "minor"].iter().any(|part| plain(&column.name).contains(part));
    keys.push_str(if is_minor { ", unit = \"minor\"" } else { ", unit = \"major\"" });
    if let Some(amounts) = amounts(column) {
        if !amounts.symbol.is_empty() {
            keys.push_str(&format!(", symbol = {}", quoted(&amounts.symbol)));
        }
        if amounts.is_ambiguous {
            comment.push_str("\nCONFIRM: every value has exactly three digits after its separator: decimals, or thousands?");
            comment.push_str(
                "\nIf thousands, set `decimal` and `thousands` under [file]; then take `confirm` out.",
            );
            keys.push_str(", confirm = true");
        }
        if amounts.digits > 2 && !is_minor {
            comment.push_str(&format!(
                "\nUp to {} digits after the separator: rounded to minor units.",
                amounts.digits
            ));
            keys.push_str(", round = true");
        }
    }
    format!("{}amount_minor = {{ {keys} }}\n", commented(&comment))
}

/// The time: one column, a date and a time of day, or year, month and day.
fn occurred_at(sample: &Sample, choices: &Choices) -> Option<String> {
    let Some((index, because)) = choices.get("occurred_at").copied() else { return year_month_day(sample) };
    let column = &sample.columns[index];
    let why = reason(column, because);
    let Some(Times::Calendar { mut pattern, other, is_date_only }) = times(column) else {
        return Some(counted(column, &why));
    };
    let mut source = format!("column = {}", quoted(&column.name));
    let mut comment = format!("{why}\nThe file does not say its time zone: put the right one here.");
    let mut suffix = String::new();
    if is_date_only && let Some((time, clock)) = time_of_day(sample, choices) {
        source = format!("template = {}", quoted(&format!("{{{}}} {{{}}}", column.name, time)));
        suffix = format!(" {clock}");
    } else if is_date_only {
        comment.push_str("\nIt holds days without a time: every transaction is at midnight, windows under a day say little.");
    }
    pattern.push_str(&suffix);
    let mut keys = format!("{source}, format = {}, zone = \"UTC\"", quoted(&pattern));
    if let Some(other) = other {
        comment.push_str(&format!(
            "\nCONFIRM: day and month cannot be told apart; the other reading is {}.\nKeep the right format, then take `confirm` out.",
            quoted(&format!("{other}{suffix}"))
        ));
        keys.push_str(", confirm = true");
    }
    Some(format!("{}occurred_at = {{ {keys} }}\n", commented(&comment)))
}

fn counted(column: &Column, why: &str) -> String {
    let name = quoted(&column.name);
    if let Some(Times::Epoch(unit)) = times(column) {
        return format!("{}occurred_at = {{ column = {name}, unit = \"{unit}\" }}\n", commented(why));
    }
    let unit = if plain(&column.name) == "step" { "hours" } else { "seconds" };
    let why = format!(
        "{why}\nIt counts {unit} from a first moment that the file does not tell: put the right one here."
    );
    format!(
        "{}occurred_at = {{ column = {name}, unit = \"{unit}\", since = \"{SOME_DAY}\" }}\n",
        commented(&why)
    )
}

/// A column of times of day that no field has taken.
fn time_of_day(sample: &Sample, choices: &Choices) -> Option<(String, &'static str)> {
    let mut free = sample.columns.iter().enumerate().filter(|(index, column)| {
        let is_taken = choices.values().any(|choice| choice.0 == *index);
        !is_taken && !column.name.contains(['{', '}']) && plain(&column.name).contains("time")
    });
    free.find_map(|(_, column)| clock(column).map(|clock| (column.name.clone(), clock)))
}

fn year_month_day(sample: &Sample) -> Option<String> {
    let named = |name: &str| sample.columns.iter().find(|column| plain(&column.name) == name);
    let (year, month, day) = (named("year")?, named("month")?, named("day")?);
    let mut template = format!("{{{}}}-{{{}}}-{{{}}}", year.name, month.name, day.name);
    let mut pattern = "%Y-%m-%d".to_owned();
    if let Some((time, clock)) = named("time").and_then(|column| Some((&column.name, clock(column)?))) {
        template.push_str(&format!(" {{{time}}}"));
        pattern.push_str(&format!(" {clock}"));
    }
    let comment =
        "Put together from its parts.\nThe file does not say its time zone: put the right one here.";
    let (template, pattern) = (quoted(&template), quoted(&pattern));
    Some(format!(
        "{}occurred_at = {{ template = {template}, format = {pattern}, zone = \"UTC\" }}\n",
        commented(comment)
    ))
}

/// What a required field is made of when no column speaks of it, and fields of several columns.
fn fallback(sample: &Sample, choices: &Choices, target: &str, stem: &str) -> Option<String> {
    let full = |target: &str| {
        let column = choices.get(target).map(|choice| &sample.columns[choice.0]);
        column.filter(|column| column.values.len() * 10 >= sample.rows * 9).map(|column| quoted(&column.name))
    };
    let named = |name: &str| {
        sample.columns.iter().map(|column| column.name.as_str()).find(|column| plain(column) == name)
    };
    match target {
        "transaction_id" => {
            let comment = "No column is an id of its own: the number of the row is. Rows may be added at the end and nowhere else.";
            let template = quoted(&format!("{}-{{#}}", stem.replace(['{', '}'], "")));
            Some(format!("{}transaction_id = {{ template = {template} }}\n", commented(comment)))
        }
        "customer_id" => Some(match full("card_id").or_else(|| full("email")) {
            Some(column) => {
                format!("{}customer_id = {column}\n", commented("No column is the customer: the same one as below stands for them."))
            }
            None => "# REQUIRED, and no column was recognised: who buys.\n# customer_id = \"\"\n".to_owned(),
        }),
        "amount_minor" => Some("# REQUIRED, and no column was recognised: the amount.\n# amount_minor = { column = \"\", unit = \"major\" }\n".to_owned()),
        "customer_name" => {
            let template = quoted(&format!("{{{}}} {{{}}}", named("first").or_else(|| named("firstname"))?, named("last").or_else(|| named("lastname"))?));
            Some(format!("# Put together from two columns.\ncustomer_name = {{ template = {template} }}\n"))
        }
        "billing_address" => {
            let parts = ["street", "city", "state", "zip"].map(named);
            parts[0]?;
            let parts: Vec<String> = parts.into_iter().flatten().map(|name| format!("{{{name}}}")).collect();
            Some(format!("# Put together from several columns.\nbilling_address = {{ template = {} }}\n", quoted(&parts.join(", "))))
        }
        _ => None,
    }
}
