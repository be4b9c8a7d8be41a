//! The data dictionary: every event with its fields, for people and for tests.

use std::fmt::Write;
use std::sync::LazyLock;

use crate::order::VERSION_ROW;
use crate::{
    DeadLetter, Decision, Entities, EntityKey, EntityOrdinal, Field, Kind, Label, LabelEffect, ModelScore,
    Order, Personal, Place, Position, Privacy, RawRecord, Reason, RuleHit, Sealed, SealedTransaction,
    Versions,
};

/// One structure of the dictionary.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// Name of the type.
    pub name: &'static str,
    /// What it is.
    pub meaning: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
}

/// Whatever else a shop sends.
const UNKNOWN_ROW: Field = Field {
    name: "unknown",
    kind: Kind::Json,
    unit: "",
    is_required: false,
    privacy: Privacy::Personal,
    csv: None,
    place: Place::Sealed,
    meaning: "Every field that the schema does not know, under its own name.",
};

static TRANSACTION: LazyLock<Vec<Field>> =
    LazyLock::new(|| [&[VERSION_ROW], Order::FIELDS, Personal::FIELDS, &[UNKNOWN_ROW]].concat());

/// The fields of a transaction as a shop sends it.
pub fn dictionary() -> &'static [Field] {
    &TRANSACTION
}

/// Every structure that is sent or stored, events first.
pub fn sections() -> Vec<Section> {
    let section = |name, meaning, fields| Section { name, meaning, fields };
    vec![
        section("Transaction", "One order as the shop reports it.", dictionary()),
        section("Label", "What later turned out about a transaction.", Label::FIELDS),
        section("SealedTransaction", "A transaction on anything durable.", SealedTransaction::FIELDS),
        section("Entities", "Pseudonyms of what transactions share.", Entities::<EntityKey>::FIELDS),
        section("Sealed", "Encrypted personal data.", Sealed::FIELDS),
        section("Decision", "What was decided, and everything needed to say why.", Decision::FIELDS),
        section("ModelScore", "One model's score.", ModelScore::FIELDS),
        section("Reason", "One part of the answer to \"why?\".", Reason::FIELDS),
        section("RuleHit", "A rule of the policy that applied.", RuleHit::FIELDS),
        section("EntityOrdinal", "What was read of one entity.", EntityOrdinal::FIELDS),
        section("Versions", "Version of everything that took part.", Versions::FIELDS),
        section("LabelEffect", "A label's effect on an entity's state.", LabelEffect::FIELDS),
        section("RawRecord", "One record as a stream delivered it.", RawRecord::FIELDS),
        section("Position", "Where a record stands.", Position::FIELDS),
        section("DeadLetter", "A record that was set aside.", DeadLetter::FIELDS),
    ]
}

/// The whole dictionary as Markdown: a heading and a table for each structure.
pub fn dictionary_markdown() -> String {
    let mut page = String::new();
    for section in sections() {
        let _ = writeln!(page, "#### {}\n\n{}\n", section.name, section.meaning);
        page.push_str(
            "| field | type | limits | unit | required | privacy | CSV column | stored | kept | meaning |\n",
        );
        page.push_str("|---|---|---|---|---|---|---|---|---|---|\n");
        for field in section.fields {
            page.push_str(&markdown_row(field));
        }
        page.push('\n');
    }
    page
}

fn markdown_row(field: &Field) -> String {
    format!(
        "| `{}` | {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        field.name,
        field.kind.name(),
        field.kind.limits(),
        field.unit,
        if field.is_required { "yes" } else { "no" },
        field.privacy.name(),
        field.csv.unwrap_or_default(),
        field.place.stored(),
        field.place.kept(),
        field.meaning,
    )
}
