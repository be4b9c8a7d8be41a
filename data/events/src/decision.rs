//! What was decided about a transaction, and everything needed to say why.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{ContentHash, Currency, EntityKey, Position, Timestamp};

/// What happens to the order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Let it through.
    Approve,
    /// A person looks at it.
    Review,
    /// Refuse it.
    Decline,
}

/// What a model's score is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelRole {
    /// The one that decides.
    Champion,
    /// Scored beside it, decides nothing.
    Challenger,
}

/// One model's score of one transaction.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelScore {
    /// The model's name.
    pub model: String,
    /// Digest of its file.
    pub digest: String,
    /// What it is used for.
    pub role: ModelRole,
    /// Sum of the trees, in log odds.
    pub raw: f64,
    /// Calibrated probability of fraud, 0 to 1.
    pub calibrated: f64,
}

/// One part of the answer to "why?".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// Name of the feature.
    pub feature: String,
    /// Its value; `None` if missing.
    pub value: Option<f64>,
    /// Its usual value among legitimate transactions; `None` if not known.
    pub usual: Option<f64>,
    /// What it added to the score, in log odds (TreeSHAP).
    pub contribution: f64,
    /// The same in words.
    pub text: String,
}

/// A rule of the policy that applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleHit {
    /// Name of the rule.
    pub rule: String,
    /// What it asked for.
    pub outcome: Outcome,
}

/// Which event of an entity's history a decision read: its own if it was folded, else the newest before it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityOrdinal {
    /// The entity.
    pub entity: EntityKey,
    /// Ordinal in its state, from 1.
    pub ordinal: u64,
    /// Whether this transaction was folded into the state at that ordinal.
    pub folded: bool,
}

/// Something unusual about how a decision was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// A feature was made from time tiles.
    Tiled,
    /// Older than the horizon: decided, not folded.
    Late,
    /// More than five minutes ahead of its arrival: decided, not folded.
    Clock,
    /// A part was missing when it was decided.
    Degraded,
}

/// Version of everything that took part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// Feature set, `name@hash`.
    pub feature_set: String,
    /// Policy, `name@hash`.
    pub policy: String,
    /// Version of the program.
    pub build: String,
    /// Id of the pseudonym key.
    pub key_id: u16,
}

/// Feature values in the order of the feature set; a missing value is NaN in memory and `null` in JSON.
#[derive(Clone, Debug, Default)]
pub struct Vector(pub Vec<f64>);

impl PartialEq for Vector {
    fn eq(&self, other: &Self) -> bool {
        self.0.len() == other.0.len()
            && self.0.iter().zip(&other.0).all(|(left, right)| {
                left.to_bits() == right.to_bits() || (left.is_nan() && right.is_nan())
            })
    }
}

impl Serialize for Vector {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|value| if value.is_nan() { None } else { Some(*value) }))
    }
}

impl<'de> Deserialize<'de> for Vector {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let values = Vec::<Option<f64>>::deserialize(deserializer)?;
        Ok(Self(values.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect()))
    }
}

/// One decision, for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Schema version of the event.
    pub schema_version: u16,
    /// The transaction it is about.
    pub transaction_id: String,
    /// When the transaction occurred.
    pub occurred_at: Timestamp,
    /// When the stream (or the request) took the transaction; latency counts from here.
    pub arrived_at: Timestamp,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// Amount in minor units.
    pub amount_minor: i64,
    /// Currency of the amount.
    pub currency: Currency,
    /// Pseudonym of the customer.
    pub customer_key: EntityKey,
    /// What happens to the order.
    pub outcome: Outcome,
    /// Scores, champion first.
    pub scores: Vec<ModelScore>,
    /// Why, strongest first; empty for approve.
    pub reasons: Vec<Reason>,
    /// Rules that applied.
    pub rule_hits: Vec<RuleHit>,
    /// What the model saw.
    pub vector: Vector,
    /// What was read of each entity.
    pub ordinals: Vec<EntityOrdinal>,
    /// Version of everything that took part.
    pub versions: Versions,
    /// Where the transaction stood on its stream.
    pub position: Position,
    /// Anything unusual.
    pub marks: Vec<Mark>,
    /// Hash of the transaction's content.
    pub content_hash: ContentHash,
}

/// A label's effect on an entity's state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LabelEffect {
    /// The transaction that was labelled.
    pub transaction_id: String,
    /// The entity whose state changed.
    pub entity: EntityKey,
    /// Ordinal that the effect took in it.
    pub ordinal: u64,
    /// The flag from then on.
    pub is_fraud: bool,
    /// When the label became known.
    pub known_at: Timestamp,
    /// When the effect was applied.
    pub applied_at: Timestamp,
}

/// One entry of the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OutboxEntry {
    /// A committed decision.
    Decision(Box<Decision>),
    /// A committed label effect.
    LabelEffect(LabelEffect),
}
