//! The tables as Markdown, from their definitions.

use std::fmt::Write;

use arrow::datatypes::DataType;

use crate::{Definition, FEATURE_PREFIX, TableName};

/// Every table with its columns: what the documentation shows.
pub fn markdown() -> String {
    let mut text = String::from("| table | a row is | partition | columns |\n|---|---|---|---|\n");
    for name in TableName::ALL {
        let definition = Definition::of(*name, &[]);
        let partition = definition.partition.map_or_else(|| "–".to_owned(), |column| format!("`{column}`"));
        let columns = definition.schema.fields().iter();
        let columns = columns.filter(|field| !field.name().starts_with(FEATURE_PREFIX));
        let columns = columns.map(|field| format!("`{}` {}", field.name(), type_name(field.data_type())));
        let columns = columns.collect::<Vec<_>>().join(", ");
        // Writing to a text cannot fail.
        let _ = writeln!(text, "| `{name}` | {} | {partition} | {columns} |", name.meaning());
    }
    text
}

fn type_name(data_type: &DataType) -> &'static str {
    match data_type {
        DataType::Int32 => "integer",
        DataType::Int64 => "long",
        DataType::Float64 => "double",
        DataType::Boolean => "boolean",
        DataType::Date32 => "date",
        DataType::Timestamp(..) => "timestamp",
        DataType::Binary => "binary",
        _ => "string",
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_tables_are_documented_as_they_are() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/TABLES.md");
        let held = std::fs::read_to_string(path).unwrap_or_default();
        assert!(held.ends_with(&super::markdown()), "write it anew: weir tables >> {path}");
    }
}
