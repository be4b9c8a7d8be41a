//! What the columns of a shop's CSV mean: the mapping that needs no file.

use weir_events::{Field, dictionary};

use crate::mapping::{LabelRule, Origin, Rule, Shape};
use crate::plan::Plan;

/// Columns without which a CSV file is not a shop's.
pub(crate) const REQUIRED: [&str; 4] =
    ["Transaction ID", "Customer ID", "Transaction Amount", "Transaction Date"];
/// What turned out.
pub(crate) const LABEL: &str = "Is Fraudulent";
/// Follows from the date.
pub(crate) const IGNORED: &str = "Transaction Hour";

/// What the columns become, or the names found when a required one is missing. A column that the schema does not
/// know is kept under its own name.
pub(crate) fn plan(names: &[String]) -> Result<Plan, String> {
    if !REQUIRED.iter().all(|required| names.iter().any(|name| name == required)) {
        return Err(found(names));
    }
    let mut rules = Vec::new();
    let mut label = None;
    let mut sealed = Vec::new();
    for (index, name) in names.iter().enumerate() {
        match (name.as_str(), field(name)) {
            (LABEL, _) => label = Some(LabelRule::column(index)),
            (IGNORED, _) => {}
            (_, Some(field)) => {
                let shape = Shape::of(field, Default::default());
                rules.push(Rule { field, origin: Origin::Column(index), shape });
            }
            (_, None) => sealed.push((index, name.clone())),
        }
    }
    Ok(Plan::new(rules, Vec::new(), label, sealed))
}

pub(crate) fn field(name: &str) -> Option<&'static Field> {
    dictionary().iter().find(|field| field.csv == Some(name))
}

/// Column names are not personal, but a file without a header has values there: they are counted, not shown.
fn found(names: &[String]) -> String {
    let known: Vec<&str> =
        names.iter().map(String::as_str).filter(|name| *name == LABEL || field(name).is_some()).collect();
    let others = names.len() - known.len();
    let missing: Vec<&str> = REQUIRED.iter().copied().filter(|required| !known.contains(required)).collect();
    format!(
        "in line 1 the columns [{}] and {others} others, but not [{}]",
        known.join(", "),
        missing.join(", ")
    )
}
