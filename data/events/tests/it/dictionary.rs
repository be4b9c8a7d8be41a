//! The dictionary is complete, and the schema changes only with its snapshot.

use std::collections::BTreeSet;

use arrow_schema::Schema;
use serde::Serialize;
use serde_json::Value;
use weir_events::{Kind, LabelSource, Privacy, arrow, dictionary, dictionary_markdown, sections};

use crate::examples;

fn names_in_json(event: &impl Serialize) -> BTreeSet<String> {
    let value = serde_json::to_value(event).expect("serialises");
    value.as_object().expect("an object").keys().cloned().collect()
}

fn names_in_dictionary(section: &str) -> BTreeSet<String> {
    let all = sections();
    let section = all.iter().find(|candidate| candidate.name == section).expect("a section");
    section.fields.iter().map(|field| field.name.to_owned()).collect()
}

#[test]
fn every_field_that_is_stored_has_a_row() {
    let decision = examples::decision();
    let transaction = examples::transaction();
    for (section, names) in [
        ("Label", names_in_json(&examples::label())),
        ("SealedTransaction", names_in_json(&transaction)),
        ("Entities", names_in_json(&transaction.entities)),
        ("Sealed", names_in_json(&transaction.sealed)),
        ("Decision", names_in_json(&decision)),
        ("ModelScore", names_in_json(&decision.scores[0])),
        ("Reason", names_in_json(&decision.reasons[0])),
        ("RuleHit", names_in_json(&decision.rule_hits[0])),
        ("EntityOrdinal", names_in_json(&decision.ordinals[0])),
        ("Versions", names_in_json(&decision.versions)),
        ("Position", names_in_json(&decision.position)),
        ("LabelEffect", names_in_json(&examples::label_effect())),
        ("DeadLetter", names_in_json(&examples::dead_letter())),
    ] {
        assert_eq!(names, names_in_dictionary(section), "{section}");
    }
}

#[test]
fn every_field_of_a_transaction_has_a_row_that_tells_where_it_goes() {
    let full = crate::transaction::full();
    let sent: BTreeSet<&str> = full.as_object().expect("an object").keys().map(String::as_str).collect();
    let open = names_in_json(&examples::transaction().order);
    for field in dictionary() {
        let is_special = matches!(field.name, "schema_version" | "unknown");
        assert!(is_special || sent.contains(field.name), "no example of `{}`", field.name);
        let is_sealed = field.privacy == Privacy::Personal;
        assert!(
            is_special || open.contains(field.name) != is_sealed,
            "`{}` is in the wrong place",
            field.name
        );
        assert_eq!(is_sealed, field.place.stored().starts_with("sealed"), "{}", field.name);
    }
    let known = names_in_dictionary("Transaction");
    assert!(open.iter().all(|name| known.contains(name)));
}

#[test]
fn every_structure_named_in_the_dictionary_has_a_section() {
    let names: BTreeSet<&str> = sections().iter().map(|section| section.name).collect();
    for section in sections() {
        for field in section.fields {
            assert!(
                !field.meaning.is_empty() && field.meaning.ends_with('.'),
                "{}.{}",
                section.name,
                field.name
            );
            if let Kind::One(name) | Kind::Many(name) = field.kind {
                assert!(name == "number" || names.contains(name), "no section `{name}`");
            }
        }
    }
}

#[test]
fn the_shop_file_maps_to_fields() {
    let shop = "Transaction ID,Customer ID,Transaction Amount,Transaction Date,Payment Method,Product Category,\
                Quantity,Customer Age,Customer Location,Device Used,IP Address,Shipping Address,Billing Address,\
                Account Age Days";
    for column in shop.split(',') {
        assert_eq!(dictionary().iter().filter(|field| field.csv == Some(column)).count(), 1, "{column}");
    }
}

#[test]
fn a_category_reads_its_own_words() {
    for source in LabelSource::ALL {
        assert_eq!(LabelSource::from_name(source.name()), Some(*source));
        assert_eq!(serde_json::to_value(source).expect("serialises"), Value::from(source.name()));
    }
}

#[test]
fn the_dictionary_is_the_one_committed() {
    insta::assert_snapshot!(dictionary_markdown());
}

fn columns(schema: &Schema) -> String {
    let line = |field: &std::sync::Arc<arrow_schema::Field>| {
        let null = if field.is_nullable() { "null" } else { "not null" };
        format!("{}: {} {null}", field.name(), field.data_type())
    };
    schema.fields().iter().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn the_tables_are_the_ones_committed() {
    insta::assert_snapshot!("table_transactions", columns(&arrow::transactions_schema()));
    insta::assert_snapshot!("table_labels", columns(&arrow::labels_schema()));
    insta::assert_snapshot!("table_label_effects", columns(&arrow::label_effects_schema()));
    insta::assert_snapshot!("table_decisions", columns(&arrow::decisions_schema(&["customer_count_1h"])));
}

#[test]
fn the_json_of_stored_events_is_the_one_committed() {
    insta::assert_json_snapshot!("json_transaction", examples::transaction());
    insta::assert_json_snapshot!("json_label", examples::label());
    insta::assert_json_snapshot!("json_decision", examples::decision());
    insta::assert_json_snapshot!("json_dead_letter", examples::dead_letter());
}
