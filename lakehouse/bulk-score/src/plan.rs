//! What has to be computed for a model and a policy, and nothing more.

use weir_events::EntityKind;
use weir_features::{Definition, DelayedStatistic, FeatureSet, Field, Statistic};
use weir_scoring::{Node, Policy, Scorer};

/// What has to be computed.
pub(crate) struct Plan {
    pub(crate) set: FeatureSet,
    /// Positions in the set of the features that can change a score, an outcome or a reason, in order.
    pub(crate) needed: Vec<usize>,
    /// Of those, the fields of the order: place among `needed`, and which field.
    pub(crate) fields: Vec<(usize, Field)>,
    /// Kinds whose states are folded.
    pub(crate) folded: Vec<EntityKind>,
    /// Kinds whose entities get numbers: the folded ones and those that they count.
    pub(crate) named: Vec<EntityKind>,
    /// Kinds whose short hashes are read.
    pub(crate) counted: Vec<EntityKind>,
    /// Whether labels change anything.
    pub(crate) reads_labels: bool,
}

impl Plan {
    pub(crate) fn new(set: FeatureSet, scorer: &Scorer, policy: &Policy, with_reasons: bool) -> Self {
        let mut is_needed = vec![false; set.features().len()];
        let mut need = |place: usize| {
            if let Some(needed) = is_needed.get_mut(place) {
                *needed = true;
            }
        };
        for tree in &scorer.model().file().trees {
            for node in &tree.nodes {
                if let Node::Split { feature, .. } = node {
                    scorer.places().get(*feature).into_iter().for_each(|place| need(*place));
                }
            }
        }
        let asked = policy.rules().iter().filter_map(|rule| set.position(&rule.feature));
        let amount = set.position("amount").filter(|_| with_reasons);
        asked.chain(amount).for_each(need);
        let needed: Vec<usize> = (0..is_needed.len()).filter(|place| is_needed[*place]).collect();
        Self::of(set, needed)
    }

    fn of(set: FeatureSet, needed: Vec<usize>) -> Self {
        let definitions: Vec<Definition> =
            needed.iter().map(|place| set.features()[*place].definition).collect();
        let fields = definitions.iter().enumerate().filter_map(|(place, definition)| match definition {
            Definition::Field(field) => Some((place, *field)),
            _ => None,
        });
        let fields = fields.collect();
        let kinds = |wanted: &dyn Fn(EntityKind) -> bool| -> Vec<EntityKind> {
            EntityKind::ALL.into_iter().filter(|kind| wanted(*kind)).collect()
        };
        let folded = kinds(&|kind| definitions.iter().any(|definition| state_of(*definition) == Some(kind)));
        let counted = kinds(&|kind| definitions.iter().any(|definition| counts(*definition) == Some(kind)));
        let named = kinds(&|kind| folded.contains(&kind) || counted.contains(&kind));
        let reads_labels = definitions.iter().any(|definition| {
            let frauds = [DelayedStatistic::FraudCount, DelayedStatistic::FraudRate];
            matches!(definition, Definition::Delayed { statistic, .. } if frauds.contains(statistic))
        });
        Self { set, needed, fields, folded, named, counted, reads_labels }
    }
}

/// Kind whose state a feature is read from.
const fn state_of(definition: Definition) -> Option<EntityKind> {
    match definition {
        Definition::Field(_) => None,
        Definition::Windowed { kind, .. }
        | Definition::SecondsSinceLast(kind)
        | Definition::Delayed { kind, .. } => Some(kind),
        Definition::FirstUse(_) => Some(EntityKind::Customer),
    }
}

/// Kind whose short hashes a feature compares.
const fn counts(definition: Definition) -> Option<EntityKind> {
    match definition {
        Definition::Windowed { statistic: Statistic::Distinct(kind), .. } | Definition::FirstUse(kind) => {
            Some(kind)
        }
        _ => None,
    }
}
