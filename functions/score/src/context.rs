//! What scoring works with.

use std::sync::Arc;

use weir_events::{Currency, Decision, LabelEffect, Timestamp};
use weir_features::FeatureSet;
use weir_keyring::Keyring;
use weir_scoring::{Policy, Scorer};
use weir_store::Store;
use weir_streams::Streams;

use crate::answered::Answered;
use crate::metrics::Metrics;
use crate::turns::Turns;

/// Where the time comes from.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// Sees what was committed, once each time it was committed by this process. It must not block.
pub trait Observer: Send + Sync {
    /// A batch was committed: its decisions and its label effects.
    fn committed(&self, decisions: &[&Decision], effects: &[LabelEffect]);
}

/// Settings of scoring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The deployment's currency; transactions in another are dead letters.
    pub currency: Currency,
    /// Version of the program, as it stands in decisions.
    pub build: String,
    /// Records in one commit at most, 1 or more.
    pub commit_size: usize,
    /// How often a commit is tried while others write the same things, 1 or more.
    pub attempts: u32,
}

impl Settings {
    /// Settings with the defaults of everything that has one.
    pub fn new(currency: Currency, build: impl Into<String>) -> Self {
        Self { currency, build: build.into(), commit_size: 1_000, attempts: 12 }
    }
}

/// The components that a [`Context`] is made of.
pub struct Parts {
    /// States, decisions, labels.
    pub store: Arc<dyn Store>,
    /// Where dead letters go.
    pub streams: Arc<dyn Streams>,
    /// Seals dead letters.
    pub keyring: Arc<dyn Keyring>,
    /// The features that are folded and stored.
    pub features: FeatureSet,
    /// The model that decides.
    pub champion: Scorer,
    /// Models that are scored beside it.
    pub challengers: Vec<Scorer>,
    /// Turns scores into outcomes.
    pub policy: Policy,
    /// Settings.
    pub settings: Settings,
    /// The time.
    pub clock: Clock,
    /// Told of what was committed.
    pub observer: Option<Arc<dyn Observer>>,
}

/// What scoring works with: the components, and what this process counts and remembers.
pub struct Context {
    pub(crate) parts: Parts,
    pub(crate) turns: Turns,
    pub(crate) answered: Answered,
    metrics: Metrics,
}

impl Context {
    /// A context of these components.
    pub fn new(parts: Parts) -> Self {
        Self { parts, turns: Turns::new(), answered: Answered::default(), metrics: Metrics::default() }
    }

    /// What this process has counted since it started.
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// The store in use.
    pub fn store(&self) -> &dyn Store {
        self.parts.store.as_ref()
    }

    /// The streams in use.
    pub fn streams(&self) -> &dyn Streams {
        self.parts.streams.as_ref()
    }

    /// The keyring in use.
    pub fn keyring(&self) -> &dyn Keyring {
        self.parts.keyring.as_ref()
    }

    /// The settings in use.
    pub const fn settings(&self) -> &Settings {
        &self.parts.settings
    }

    /// The model that decides.
    pub const fn champion(&self) -> &weir_scoring::Model {
        self.parts.champion.model()
    }

    /// The feature set in use.
    pub const fn features(&self) -> &FeatureSet {
        &self.parts.features
    }

    /// The present.
    pub fn now(&self) -> Timestamp {
        (self.parts.clock)()
    }

    pub(crate) fn tell(&self, decisions: &[&Decision], effects: &[LabelEffect]) {
        if let Some(observer) = &self.parts.observer
            && !(decisions.is_empty() && effects.is_empty())
        {
            observer.committed(decisions, effects);
        }
    }
}
