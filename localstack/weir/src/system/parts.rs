//! The parts of a deployment, and the scoring function made from them.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use object_store::ObjectStore;
use weir_engine::Lake;
use weir_features::FeatureSet;
use weir_keyring::FileKeyring;
use weir_score::Observer;
use weir_scoring::{DEFAULT_POLICY, Model, Policy, Scorer};
use weir_streams::{Checkpoints, Streams};

use super::gaps::Gaps;
use crate::backing::{Backing, Here, Ledger, Readers};
use crate::clock;
use crate::home::Home;
use crate::settings::{Settings, SettingsError};

/// The input streams, split by `streams.shards`.
pub(crate) const INPUTS: [&str; 2] = ["transactions", "labels"];

/// Streams with one shard each.
pub(crate) const OUTPUTS: [&str; 3] = ["decisions", "alerts", "dead-letters"];

/// Everything that works on a home.
pub(crate) struct Parts {
    pub(crate) keyring: Arc<FileKeyring>,
    /// Whether the keyring was made just now.
    pub(crate) keyring_is_new: bool,
    pub(crate) store: Arc<dyn Ledger>,
    pub(crate) streams: Arc<dyn Streams>,
    /// Who reads them, each with its own checkpoints.
    pub(crate) readers: Arc<dyn Readers>,
    /// Checkpoints of the outbox' readers.
    pub(crate) checkpoints: Arc<dyn Checkpoints>,
    /// What of all this is in this process.
    pub(crate) here: Here,
    /// What could not be read of them.
    pub(crate) gaps: Arc<Gaps>,
    pub(crate) files: Arc<dyn ObjectStore>,
    pub(crate) lake: Lake,
}

impl Parts {
    /// Opens everything; makes what is missing in the home.
    pub(crate) async fn open(home: &Home, settings: &Settings) -> Result<Self> {
        let (keyring, keyring_is_new) = FileKeyring::open(home.keys())?;
        let Backing { store, streams, checkpoints, readers, files, lake, here } =
            Box::pin(Backing::open(home, settings)).await?;
        let gaps = Arc::default();
        let keyring = Arc::new(keyring);
        Ok(Self { keyring, keyring_is_new, store, streams, readers, checkpoints, here, gaps, files, lake })
    }

    /// The scoring function with its model and policy.
    pub(crate) fn score(
        &self,
        settings: &Settings,
        observer: Option<Arc<dyn Observer>>,
    ) -> Result<Arc<weir_score::Context>> {
        let features = FeatureSet::full();
        let champion = champion(settings, &features)?;
        let policy = policy(settings, &features)?;
        let keyring: Arc<FileKeyring> = Arc::clone(&self.keyring);
        let store: Arc<dyn weir_store::Store> = Arc::clone(&self.store) as _;
        let streams = Arc::clone(&self.streams);
        Ok(Arc::new(weir_score::Context::new(weir_score::Parts {
            store,
            streams,
            keyring,
            features,
            champion,
            challengers: Vec::new(),
            policy,
            settings: weir_score::Settings::new(settings.currency, env!("CARGO_PKG_VERSION")),
            clock: Arc::new(clock::now),
            observer,
        })))
    }
}

/// The model that decides: the one in the settings, or the bundled one.
pub(crate) fn champion(settings: &Settings, features: &FeatureSet) -> Result<Scorer> {
    let (bytes, place) = match &settings.model {
        Some(path) => (read(path, "model")?, path.display().to_string()),
        None => (weir_training::DEMO_MODEL.to_vec(), "the bundled model".to_owned()),
    };
    let model = Model::from_json(&bytes).with_context(|| format!("cannot use the model `{place}`"))?;
    Scorer::bind(model, features).with_context(|| format!("cannot use the model `{place}`"))
}

/// The policy: the one in the settings, the one beside the model in the settings, or the bundled one.
pub(crate) fn policy(settings: &Settings, features: &FeatureSet) -> Result<Policy> {
    let beside = settings.model.as_deref().map(policy_beside).filter(|path| path.exists());
    let (bytes, place) = match settings.policy.as_ref().or(beside.as_ref()) {
        Some(path) => (read(path, "policy")?, path.display().to_string()),
        None if settings.model.is_some() => {
            (DEFAULT_POLICY.as_bytes().to_vec(), "the default policy".to_owned())
        }
        None => (weir_training::DEMO_POLICY.to_vec(), "the bundled policy".to_owned()),
    };
    let policy = Policy::from_json(&bytes).with_context(|| format!("cannot use the policy `{place}`"))?;
    policy.check(features).with_context(|| format!("cannot use the policy `{place}`"))?;
    Ok(policy)
}

/// Where `weir train` puts the policy of a model: `NAME.policy.json` beside `NAME.json`.
pub(crate) fn policy_beside(model: &Path) -> PathBuf {
    model.with_extension("policy.json")
}

fn read(path: &Path, what: &str) -> Result<Vec<u8>, SettingsError> {
    std::fs::read(path).map_err(|error| {
        SettingsError::new(format!("{what} `{}`", path.display()), format!("cannot be read: {error}"))
    })
}
