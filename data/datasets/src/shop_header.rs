//! What the columns of a shop's CSV mean.

use csv::ByteRecord;
use weir_events::dictionary;

/// Columns without which a CSV file is not a shop's.
pub(crate) const REQUIRED: [&str; 4] =
    ["Transaction ID", "Customer ID", "Transaction Amount", "Transaction Date"];
/// What turned out.
const LABEL: &str = "Is Fraudulent";
/// Follows from the date.
const IGNORED: &str = "Transaction Hour";

/// What one column means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Column {
    /// The amount in major units, a decimal.
    Amount,
    /// The time, UTC.
    Time,
    /// A whole number of the schema.
    Integer(&'static str),
    /// A text of the schema.
    Text(&'static str),
    /// Fraud or not.
    Label,
    /// Not read.
    Ignored,
    /// A column that the schema does not know: kept under its own name.
    Unknown(String),
}

/// The columns in their order, or the names found when a required one is missing.
pub(crate) fn columns(header: &ByteRecord) -> Result<Vec<Column>, String> {
    let names: Vec<String> =
        header.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
    let is_shop = REQUIRED.iter().all(|required| names.iter().any(|name| name == required));
    if is_shop { Ok(names.into_iter().map(column).collect()) } else { Err(found(&names)) }
}

/// What a column of this name means.
pub(crate) fn column(name: String) -> Column {
    match name.as_str() {
        LABEL => return Column::Label,
        IGNORED => return Column::Ignored,
        _ => {}
    }
    let Some(field) = dictionary().iter().find(|field| field.csv == Some(name.as_str())) else {
        return Column::Unknown(name);
    };
    match field.kind {
        _ if field.name == "amount_minor" => Column::Amount,
        weir_events::Kind::Moment => Column::Time,
        weir_events::Kind::Integer(..) => Column::Integer(field.name),
        _ => Column::Text(field.name),
    }
}

/// Column names are not personal, but a file without a header has values there: they are counted, not shown.
fn found(names: &[String]) -> String {
    let known: Vec<&str> = names
        .iter()
        .map(String::as_str)
        .filter(|name| *name == LABEL || dictionary().iter().any(|field| field.csv == Some(name)))
        .collect();
    let others = names.len() - known.len();
    format!("the columns [{}] and {others} others", known.join(", "))
}
