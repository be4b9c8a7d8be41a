//! Which features of a set are written: those whose inputs a file has.

use weir_events::EntityKind;
use weir_features::{Definition, DelayedStatistic, FeatureSet, Field, Statistic, plural};

use crate::BulkError;
use crate::request::Request;
use crate::run::LeftOut;
use crate::transactions::{KEPT_FIELDS, Transactions};

/// Positions in the set of the features that are written, in order, and what was left out.
#[derive(Debug)]
pub(crate) struct Selection {
    pub(crate) positions: Vec<usize>,
    pub(crate) left_out: Vec<LeftOut>,
}

/// Positions of the columns asked for; `None` if every one is wanted.
pub(crate) fn named(request: &Request, set: &FeatureSet) -> Result<Option<Vec<usize>>, BulkError> {
    let Some(names) = &request.columns else { return Ok(None) };
    let mut positions = Vec::with_capacity(names.len());
    for name in names {
        let wrong = |expected: &str| BulkError::Setting {
            key: "columns",
            found: name.clone(),
            expected: expected.to_owned(),
        };
        let position = set
            .position(name)
            .ok_or_else(|| wrong("features of the set; `weir features --list` names them"))?;
        if positions.contains(&position) {
            return Err(wrong("each feature once"));
        }
        positions.push(position);
    }
    Ok(Some(positions))
}

/// Chooses the features whose inputs the transactions have. One that was asked for by name must have them.
pub(crate) fn select(
    request: &Request,
    set: &FeatureSet,
    named: Option<&[usize]>,
    transactions: &Transactions,
) -> Result<Selection, BulkError> {
    let lacks = |position: usize| lacks(set.features()[position].definition, transactions);
    if let Some(positions) = named {
        for position in positions {
            if let Some(input) = lacks(*position) {
                let (column, file) = (set.features()[*position].name.clone(), request.input.clone());
                return Err(BulkError::NoInput { column, input, file });
            }
        }
        return Ok(Selection { positions: positions.to_vec(), left_out: Vec::new() });
    }
    let mut selection = Selection { positions: Vec::new(), left_out: Vec::new() };
    for (position, feature) in set.features().iter().enumerate() {
        match lacks(position) {
            Some(input) => selection.left_out.push(LeftOut { column: feature.name.clone(), input }),
            None => selection.positions.push(position),
        }
    }
    Ok(selection)
}

/// The input of a feature that no row has.
fn lacks(definition: Definition, transactions: &Transactions) -> Option<String> {
    let kind = |kind: EntityKind| (!transactions.names(kind)).then(|| plural(kind).to_owned());
    match definition {
        Definition::Field(field) => lacks_field(field, transactions).then(|| definition.name()),
        Definition::Windowed { kind: of, statistic: Statistic::Distinct(other), .. } => {
            kind(of).or_else(|| kind(other))
        }
        Definition::Windowed { kind: of, .. } | Definition::SecondsSinceLast(of) => kind(of),
        Definition::Delayed { kind: of, statistic, .. } => kind(of).or_else(|| {
            let needs_labels = !matches!(statistic, DelayedStatistic::Count);
            (needs_labels && !transactions.has_labels).then(|| "labels".to_owned())
        }),
        Definition::FirstUse(of) => kind(of),
    }
}

fn lacks_field(field: Field, transactions: &Transactions) -> bool {
    let place = KEPT_FIELDS.iter().position(|kept| *kept == field);
    place.is_some_and(|place| transactions.fields[place].is_empty())
}
