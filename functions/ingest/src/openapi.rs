//! The description of this interface; what can be sent is described from the schema's own field list.

use serde_json::{Map, Value, json};
use weir_events::{Field, Kind, Label, dictionary};

/// The document.
pub(crate) fn document() -> Value {
    let mut document: Value = serde_json::from_str(include_str!("openapi.json")).unwrap_or_default();
    document["components"]["schemas"]["Transaction"] =
        object("One order as the shop reports it; fields of other names are kept, sealed.", dictionary());
    document["components"]["schemas"]["Label"] =
        object("What later turned out about a transaction.", Label::FIELDS);
    document
}

/// A structure of the dictionary as a schema.
fn object(description: &str, fields: &[Field]) -> Value {
    // Who sends nothing means the current version; what the schema does not know has no name of its own.
    let is_needed = |field: &&Field| field.is_required && field.name != "schema_version";
    let required: Vec<&str> = fields.iter().filter(is_needed).map(|field| field.name).collect();
    let properties: Map<String, Value> = fields
        .iter()
        .filter(|field| field.kind != Kind::Json)
        .map(|field| (field.name.to_owned(), property(field)))
        .collect();
    json!({ "type": "object", "description": description, "required": required, "properties": properties })
}

fn property(field: &Field) -> Value {
    let mut schema = match field.kind {
        Kind::Text(most) => json!({ "type": "string", "minLength": 1, "maxLength": most }),
        Kind::Integer(least, most) => json!({ "type": "integer", "minimum": least, "maximum": most }),
        Kind::Number => json!({ "type": "number" }),
        Kind::Flag => json!({ "type": "boolean" }),
        Kind::Moment => json!({ "type": "string", "format": "date-time" }),
        Kind::Currency => json!({ "type": "string", "pattern": "^[A-Z]{3}$" }),
        Kind::Category(words) => json!({ "enum": words }),
        Kind::Scalars => json!({
            "type": "object",
            "additionalProperties": { "type": ["string", "number", "boolean"] },
        }),
        _ => json!({ "type": "string" }),
    };
    schema["description"] = field.meaning.into();
    schema
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::ROUTES;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let document = document();
        let paths = document["paths"].as_object().unwrap();
        let described: BTreeSet<(&str, &str)> = paths
            .iter()
            .flat_map(|(path, methods)| {
                methods.as_object().unwrap().keys().map(|method| (method.as_str(), path.as_str()))
            })
            .collect();
        assert_eq!(described, BTreeSet::from(ROUTES));
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let document = document();
        let text = document.to_string();
        for part in text.split("\"$ref\":\"#").skip(1) {
            let pointer = part.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    #[test]
    fn required_fields_are_those_of_the_schema() {
        let document = document();
        let required = &document["components"]["schemas"]["Transaction"]["required"];
        let names: BTreeSet<&str> =
            required.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let expected = ["transaction_id", "customer_id", "amount_minor", "currency", "occurred_at"];
        assert_eq!(names, BTreeSet::from(expected));
    }
}
