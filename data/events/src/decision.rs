//! What was decided about a transaction, and everything needed to say why.

use crate::category::category;
use crate::fields::event;
use crate::order::{AMOUNT, TEXT, TRANSACTION_ID, VERSION};
use crate::{ContentHash, Currency, EntityKey, EventError, Kind, Position, Timestamp, Vector, wire};

/// Ordinals count from 1.
pub(crate) const ORDINAL: Kind = Kind::Integer(1, i64::MAX);

category! {
    /// What happens to the order.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Outcome {
        /// Let it through.
        Approve = "approve",
        /// A person looks at it.
        Review = "review",
        /// Refuse it.
        Decline = "decline",
    }
}

category! {
    /// What a model's score is used for.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum ModelRole {
        /// The one that decides.
        Champion = "champion",
        /// Scored beside it, decides nothing.
        Challenger = "challenger",
    }
}

event! {
    /// One model's score of one transaction.
    #[derive(Clone, Debug, PartialEq)]
    pub struct ModelScore is [stored] {
        required {
            /// The model's name.
            model: String = (TEXT, "", Clear, None, Decisions);
            /// Digest of its file.
            digest: String = (TEXT, "", Clear, None, Decisions);
            /// What it is used for.
            role: ModelRole = (Kind::Category(ModelRole::WORDS), "", Clear, None, Decisions);
            /// Sum of the trees, in log odds.
            raw: f64 = (Kind::Number, "log odds", Clear, None, Decisions);
            /// Calibrated probability of fraud, 0 to 1.
            calibrated: f64 = (Kind::Number, "probability", Clear, None, Decisions);
        }
        optional {}
    }
}

event! {
    /// One part of the answer to "why?".
    #[derive(Clone, Debug, PartialEq)]
    pub struct Reason is [stored] {
        required {
            /// Name of the feature.
            feature: String = (TEXT, "", Clear, None, Decisions);
            /// What it added to the score, in log odds: its exact Shapley value.
            contribution: f64 = (Kind::Number, "log odds", Clear, None, Decisions);
            /// The same in words.
            text: String = (TEXT, "", Clear, None, Decisions);
        }
        optional {
            /// Its value; `None` if missing.
            value: Option<f64> = (Kind::Number, "", Clear, None, Decisions);
            /// Its usual value among legitimate transactions; `None` if not known.
            usual: Option<f64> = (Kind::Number, "", Clear, None, Decisions);
        }
    }
}

event! {
    /// A rule of the policy that applied.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct RuleHit is [stored] {
        required {
            /// Name of the rule.
            rule: String = (TEXT, "", Clear, None, Decisions);
            /// What it asked for.
            outcome: Outcome = (Kind::Category(Outcome::WORDS), "", Clear, None, Decisions);
        }
        optional {}
    }
}

event! {
    /// Which event of an entity's history a decision read: its own if it was folded, else the newest before it.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct EntityOrdinal is [stored] {
        required {
            /// The entity.
            entity: EntityKey = (Kind::Key, "", Indirect, None, Decisions);
            /// Ordinal in its state, from 1.
            ordinal: u64 = (ORDINAL, "", Clear, None, Decisions);
            /// Whether this transaction was folded into the state at that ordinal.
            folded: bool = (Kind::Flag, "", Clear, None, Decisions);
        }
        optional {}
    }
}

category! {
    /// Something unusual about how a decision was made.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
    pub enum Mark {
        /// A feature was made from time tiles.
        Tiled = "tiled",
        /// Older than the horizon: decided, not folded.
        Late = "late",
        /// More than five minutes ahead of its arrival: decided, not folded.
        Clock = "clock",
        /// A part was missing when it was decided.
        Degraded = "degraded",
    }
}

event! {
    /// Version of everything that took part.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Versions is [stored columns] {
        required {
            /// Feature set, `name@hash`.
            feature_set: String = (TEXT, "", Clear, None, Decisions);
            /// Policy, `name@hash`.
            policy: String = (TEXT, "", Clear, None, Decisions);
            /// Version of the program.
            build: String = (TEXT, "", Clear, None, Decisions);
            /// Id of the pseudonym key.
            key_id: u16 = (Kind::Integer(0, u16::MAX as i64), "", Clear, None, Decisions);
        }
        optional {}
    }
}

event! {
    /// One decision, for good.
    #[derive(Clone, Debug, PartialEq)]
    pub struct Decision is [stored columns] {
        required {
            /// Schema version of the event.
            schema_version: u16 = (VERSION, "", Clear, None, Decisions);
            /// The transaction it is about.
            transaction_id: String = (TRANSACTION_ID, "", Clear, None, Decisions);
            /// When the transaction occurred.
            occurred_at: Timestamp = (Kind::Moment, "UTC", Clear, None, Decisions);
            /// When the stream (or the request) took the transaction; latency counts from here.
            arrived_at: Timestamp = (Kind::Moment, "UTC", Clear, None, Decisions);
            /// When it was decided.
            decided_at: Timestamp = (Kind::Moment, "UTC", Clear, None, Decisions);
            /// Amount in minor units.
            amount_minor: i64 = (AMOUNT, "minor units", Clear, None, Decisions);
            /// Currency of the amount.
            currency: Currency = (Kind::Currency, "", Clear, None, Decisions);
            /// Pseudonym of the customer.
            customer_key: EntityKey = (Kind::Key, "", Indirect, None, Decisions);
            /// What happens to the order.
            outcome: Outcome = (Kind::Category(Outcome::WORDS), "", Clear, None, Decisions);
            /// Scores, champion first.
            scores: Vec<ModelScore> = (Kind::Many("ModelScore"), "", Clear, None, Decisions);
            /// Why, strongest first; empty for approve.
            reasons: Vec<Reason> = (Kind::Many("Reason"), "", Clear, None, Decisions);
            /// Rules that applied.
            rule_hits: Vec<RuleHit> = (Kind::Many("RuleHit"), "", Clear, None, Decisions);
            /// What the model saw.
            vector: Vector = (Kind::Many("number"), "", Clear, None, Decisions);
            /// What was read of each entity.
            ordinals: Vec<EntityOrdinal> = (Kind::Many("EntityOrdinal"), "", Clear, None, Decisions);
            /// Version of everything that took part.
            versions: Versions = (Kind::One("Versions"), "", Clear, None, Decisions);
            /// Where the transaction stood on its stream.
            position: Position = (Kind::One("Position"), "", Clear, None, Decisions);
            /// Anything unusual.
            marks: Vec<Mark> = (Kind::Words(Mark::WORDS), "", Clear, None, Decisions);
            /// Hash of the transaction's content.
            content_hash: ContentHash = (Kind::Hash, "", Clear, None, Decisions);
        }
        optional {}
    }
}

impl Decision {
    /// Reads what [`Decision::to_json`] wrote.
    pub fn from_json(bytes: &[u8]) -> Result<Self, EventError> {
        let event: Self = wire::read(bytes, "a decision")?;
        wire::check_version(event.schema_version)?;
        Ok(event)
    }

    /// The decision as JSON; an error only if a value is infinite.
    pub fn to_json(&self) -> Result<Vec<u8>, EventError> {
        wire::write(self, "a decision")
    }

    /// The score that decided; `None` if no model took part.
    pub fn champion(&self) -> Option<&ModelScore> {
        self.scores.iter().find(|score| score.role == ModelRole::Champion)
    }
}
