//! The strongest reasons for a score, in words.

use weir_events::Reason;
use weir_features::{Definition, Feature, Field, Statistic};

use crate::phrase::Phrase;
use crate::scorer::{Explanation, Scorer};

/// Most reasons that are given.
pub const MOST_REASONS: usize = 5;

impl Scorer {
    /// The features that raised the score most, strongest first, at most [`MOST_REASONS`]. Of features that state
    /// the same over several windows only the strongest stands.
    pub fn reasons(&self, vector: &[f64], explanation: &Explanation) -> Vec<Reason> {
        let row = self.row(vector);
        let contribution = |place: usize| explanation.contributions.get(place).copied().unwrap_or(0.0);
        let mut order: Vec<usize> =
            (0..self.features().len()).filter(|place| contribution(*place) > 0.0).collect();
        order.sort_by(|left, right| contribution(*right).total_cmp(&contribution(*left)));
        let mut reasons = Vec::new();
        let mut topics: Vec<Definition> = Vec::new();
        for place in order {
            if reasons.len() == MOST_REASONS {
                break;
            }
            let Some(feature) = self.features().get(place) else { continue };
            let topic = topic(feature.definition);
            if topics.contains(&topic) {
                continue;
            }
            topics.push(topic);
            let value = row.get(place).copied().unwrap_or(f64::NAN);
            reasons.push(self.reason(place, feature, value, contribution(place), vector));
        }
        reasons
    }

    fn reason(
        &self,
        place: usize,
        feature: &Feature,
        value: f64,
        contribution: f64,
        vector: &[f64],
    ) -> Reason {
        let usual = self.model().features().get(place).and_then(|listed| listed.usual);
        let phrase = Phrase { value, usual, amount: self.amount(vector) };
        Reason {
            feature: feature.name.clone(),
            value: (!value.is_nan()).then_some(value),
            usual,
            contribution,
            text: phrase.text(feature.definition),
        }
    }
}

/// What a feature is about: equal for features that say the same over other windows or in another measure.
const fn topic(definition: Definition) -> Definition {
    use weir_features::Window::Hour;
    match definition {
        Definition::Windowed { kind, statistic: Statistic::Ratio | Statistic::ZScore, .. } => {
            Definition::Windowed { kind, window: Hour, statistic: Statistic::Ratio }
        }
        Definition::Windowed { kind, statistic, .. } => {
            Definition::Windowed { kind, window: Hour, statistic }
        }
        Definition::Delayed { kind, delay, statistic, .. } => {
            let statistic = match statistic {
                weir_features::DelayedStatistic::FraudCount => weir_features::DelayedStatistic::FraudRate,
                other => other,
            };
            Definition::Delayed { kind, window: Hour, delay, statistic }
        }
        Definition::Field(Field::IsNight) => Definition::Field(Field::Hour),
        other => other,
    }
}
