//! The resources of a deployment, made from one declaration: what is there, what is missing, what is different.

#[cfg(feature = "aws")]
mod buckets;
mod declaration;
#[cfg(feature = "aws")]
mod dynamodb;
#[cfg(feature = "aws")]
mod keys;
#[cfg(feature = "aws")]
mod kinesis;
#[cfg(feature = "aws")]
mod others;
#[cfg(feature = "aws")]
mod queues;
#[cfg(feature = "aws")]
mod request;
#[cfg(feature = "aws")]
mod topics;

use anyhow::Result;
use async_trait::async_trait;
use serde::Serialize;

use crate::backing::{BackingSettings, StoreKind, StreamsKind};
use crate::settings::SettingsError;

pub(crate) use declaration::Stack;

/// How a resource compares with its declaration.
#[cfg_attr(
    not(any(feature = "aws", feature = "kafka")),
    expect(dead_code, reason = "a build without adapters has no resources to compare")
)]
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub(crate) enum State {
    /// It is there as declared.
    Equal,
    /// It is not there.
    Missing,
    /// It is there, and this is different; `apply` changes it.
    Differs { what: String },
    /// It is there, and this is different; nobody can change it without making it anew.
    Fixed { what: String },
}

/// One thing that a service keeps.
#[async_trait]
pub(crate) trait Resource: Send + Sync {
    /// What it is, as `table`.
    fn kind(&self) -> &'static str;

    /// Its whole name.
    fn name(&self) -> String;

    /// How it compares.
    async fn state(&self) -> Result<State>;

    /// Takes it away with all that is in it; what may hold more than this deployment's is left.
    async fn remove(&self) -> Result<()>;

    /// Makes it if it is missing, changes it if it can be changed, and returns when it can be used.
    async fn apply(&self, state: &State) -> Result<()>;
}

/// A resource and how it compares.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Found {
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    #[serde(flatten)]
    pub(crate) state: State,
}

/// The resources that a deployment with these settings uses.
pub(crate) async fn resources(stack: &Stack, settings: &BackingSettings) -> Result<Vec<Box<dyn Resource>>> {
    settings.check_build()?;
    let mut resources: Vec<Box<dyn Resource>> = Vec::new();
    if settings.streams == StreamsKind::Kafka {
        resources.extend(topics(stack, settings));
    }
    #[cfg(feature = "aws")]
    if settings.needs_aws() {
        let signed = std::sync::Arc::new(request::Signed::connect(&settings.aws).await?);
        if settings.streams == StreamsKind::Kinesis {
            resources.extend(kinesis::streams(stack, settings, &signed));
        }
        if settings.store == StoreKind::Dynamodb {
            resources.extend(dynamodb::tables(stack, settings, &signed));
        }
        resources.extend(others::all(stack, settings, &signed));
    }
    #[cfg(not(feature = "aws"))]
    let _is_of_aws = settings.store == StoreKind::Dynamodb;
    if resources.is_empty() {
        let problem = "name no service: everything is in the home, and made there when it is needed";
        return Err(SettingsError::new("the settings", problem).into());
    }
    Ok(resources)
}

#[cfg(feature = "kafka")]
fn topics(stack: &Stack, settings: &BackingSettings) -> Vec<Box<dyn Resource>> {
    kafka::topics(stack, settings)
}

#[cfg(not(feature = "kafka"))]
fn topics(_stack: &Stack, _settings: &BackingSettings) -> Vec<Box<dyn Resource>> {
    Vec::new()
}

#[cfg(feature = "kafka")]
mod kafka;

/// Compares them all.
pub(crate) async fn compare(resources: &[Box<dyn Resource>]) -> Result<Vec<Found>> {
    let mut found = Vec::with_capacity(resources.len());
    for resource in resources {
        let (kind, name) = (resource.kind(), resource.name());
        found.push(Found { kind, name, state: resource.state().await? });
    }
    Ok(found)
}

/// Makes what is missing and changes what differs; answers what was done about each.
pub(crate) async fn apply(resources: &[Box<dyn Resource>]) -> Result<Vec<Found>> {
    let found = compare(resources).await?;
    if let Some(Found { kind, name, state: State::Fixed { what } }) =
        found.iter().find(|found| matches!(found.state, State::Fixed { .. }))
    {
        anyhow::bail!(
            "{kind} `{name}` has {what}, which cannot be changed; nothing was done. Take another prefix, or remove it"
        );
    }
    for (resource, found) in resources.iter().zip(&found) {
        if found.state != State::Equal {
            resource.apply(&found.state).await?;
        }
    }
    Ok(found)
}

/// Makes what a deployment needs if all of its services are on this machine; elsewhere that is asked for by
/// `weir stack apply`, or Terraform does it.
pub(crate) async fn make_here(settings: &BackingSettings) -> Result<()> {
    if settings.is_embedded() || !settings.is_local() {
        return Ok(());
    }
    let resources = resources(&Stack::read(None)?, settings).await?;
    for found in apply(&resources).await? {
        if found.state != State::Equal {
            tracing::info!("made the {} `{}`", found.kind, found.name);
        }
    }
    Ok(())
}

/// Takes away what is there, with all that is in it, but for buckets.
pub(crate) async fn remove(resources: &[Box<dyn Resource>]) -> Result<()> {
    for (resource, found) in resources.iter().zip(compare(resources).await?) {
        if found.state != State::Missing {
            resource.remove().await?;
        }
    }
    Ok(())
}
