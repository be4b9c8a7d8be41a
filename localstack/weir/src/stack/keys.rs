//! Keys of KMS, known by their aliases.

use std::sync::Arc;

use anyhow::{Context, Result};
use async_trait::async_trait;
use serde_json::{Value, json};

use super::request::Signed;
use super::{Resource, State};

/// Days until a key that is taken away is gone for good: the fewest that KMS allows.
const DAYS_LEFT: u32 = 7;

/// A symmetric key with an alias.
pub(super) struct Key {
    pub(super) signed: Arc<Signed>,
    pub(super) name: String,
    pub(super) purpose: String,
}

impl Key {
    fn alias(&self) -> String {
        format!("alias/{}", self.name)
    }

    /// The key behind the alias, if there is one.
    async fn id(&self) -> Result<Option<String>> {
        let (mut body, alias) = (json!({}), self.alias());
        loop {
            let page = self.signed.call("kms", "ListAliases", &body).await?;
            let aliases = page["Aliases"].as_array().map(Vec::as_slice).unwrap_or_default();
            if let Some(found) = aliases.iter().find(|found| found["AliasName"] == alias.as_str()) {
                return Ok(found["TargetKeyId"].as_str().map(str::to_owned));
            }
            match &page["NextMarker"] {
                Value::String(marker) => body = json!({ "Marker": marker }),
                _ => return Ok(None),
            }
        }
    }
}

#[async_trait]
impl Resource for Key {
    fn kind(&self) -> &'static str {
        "key"
    }

    fn name(&self) -> String {
        self.alias()
    }

    async fn state(&self) -> Result<State> {
        Ok(if self.id().await?.is_some() { State::Equal } else { State::Missing })
    }

    async fn remove(&self) -> Result<()> {
        let Some(id) = self.id().await? else { return Ok(()) };
        self.signed.call("kms", "DeleteAlias", &json!({ "AliasName": self.alias() })).await?;
        let body = json!({ "KeyId": id, "PendingWindowInDays": DAYS_LEFT });
        self.signed.call("kms", "ScheduleKeyDeletion", &body).await?;
        Ok(())
    }

    async fn apply(&self, _state: &State) -> Result<()> {
        let made = self.signed.call("kms", "CreateKey", &json!({ "Description": self.purpose })).await?;
        let id = made["KeyMetadata"]["KeyId"].as_str().context("kms named no key")?;
        self.signed
            .call("kms", "CreateAlias", &json!({ "AliasName": self.alias(), "TargetKeyId": id }))
            .await?;
        Ok(())
    }
}
