//! Tables of DynamoDB.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, bail};
use async_trait::async_trait;
use serde_json::{Value, json};

use super::declaration::Table;
use super::request::{Signed, is_refused};
use super::{Resource, Stack, State};
use crate::backing::BackingSettings;

/// How long a table may take to change.
const PATIENCE: u32 = 120;

struct Declared {
    signed: Arc<Signed>,
    name: String,
    table: Table,
}

pub(super) fn tables(
    stack: &Stack,
    settings: &BackingSettings,
    signed: &Arc<Signed>,
) -> Vec<Box<dyn Resource>> {
    let made = stack.tables.iter().map(|table| Declared {
        signed: Arc::clone(signed),
        name: format!("{}{}", settings.prefix(), table.name),
        table: table.clone(),
    });
    made.map(|table| Box::new(table) as Box<dyn Resource>).collect()
}

impl Declared {
    async fn described(&self) -> Result<Option<Value>> {
        match self.signed.call("dynamodb", "DescribeTable", &json!({ "TableName": self.name })).await {
            Ok(answer) => Ok(Some(answer["Table"].clone())),
            Err(error) if is_refused(&error, &["ResourceNotFoundException"]) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn until_active(&self) -> Result<()> {
        for _ in 0..PATIENCE * 4 {
            if self.described().await?.is_some_and(|table| table["TableStatus"] == "ACTIVE") {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        bail!("table `{}` is not active after {PATIENCE} s", self.name)
    }

    fn schema(&self) -> (Value, Value) {
        let keys = &self.table.keys;
        let both = [Some((&keys.partition, "HASH")), keys.sort.as_ref().map(|sort| (sort, "RANGE"))];
        let schema: Vec<_> = both
            .iter()
            .flatten()
            .map(|(key, kind)| json!({ "AttributeName": key.name, "KeyType": kind }))
            .collect();
        let types: Vec<_> = both
            .iter()
            .flatten()
            .map(|(key, _)| json!({ "AttributeName": key.name, "AttributeType": key.kind }))
            .collect();
        (schema.into(), types.into())
    }

    fn change_stream(&self) -> Value {
        match &self.table.change_stream {
            Some(view) => json!({ "StreamEnabled": true, "StreamViewType": view }),
            None => json!({ "StreamEnabled": false }),
        }
    }

    /// The attribute by which items go, if one does.
    async fn time_to_live(&self) -> Result<Option<String>> {
        let answer =
            self.signed.call("dynamodb", "DescribeTimeToLive", &json!({ "TableName": self.name })).await?;
        let description = &answer["TimeToLiveDescription"];
        let is_on = matches!(description["TimeToLiveStatus"].as_str(), Some("ENABLED" | "ENABLING"));
        Ok(description["AttributeName"].as_str().filter(|_| is_on).map(str::to_owned))
    }
}

/// Lists of objects with another order are the same.
fn sorted(list: &Value) -> Vec<String> {
    let mut texts: Vec<_> = list.as_array().into_iter().flatten().map(Value::to_string).collect();
    texts.sort_unstable();
    texts
}

#[async_trait]
impl Resource for Declared {
    fn kind(&self) -> &'static str {
        "table"
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    async fn state(&self) -> Result<State> {
        let Some(table) = self.described().await? else { return Ok(State::Missing) };
        let (schema, types) = self.schema();
        if sorted(&table["KeySchema"]) != sorted(&schema)
            || sorted(&table["AttributeDefinitions"]) != sorted(&types)
        {
            return Ok(State::Fixed { what: "other keys".to_owned() });
        }
        let view = table["StreamSpecification"]["StreamViewType"].as_str();
        if view != self.table.change_stream.as_deref() {
            let what = format!("a change stream of `{}`", view.unwrap_or("nothing"));
            // A stream that shows something else has to be ended first, which loses what nobody has read.
            return Ok(if view.is_none() { State::Differs { what } } else { State::Fixed { what } });
        }
        let time_to_live = self.time_to_live().await?;
        if time_to_live != self.table.time_to_live {
            return Ok(State::Differs {
                what: format!("time to live by `{}`", time_to_live.unwrap_or_default()),
            });
        }
        Ok(State::Equal)
    }

    async fn remove(&self) -> Result<()> {
        self.signed.call("dynamodb", "DeleteTable", &json!({ "TableName": self.name })).await?;
        Ok(())
    }

    async fn apply(&self, state: &State) -> Result<()> {
        if *state == State::Missing {
            let (schema, types) = self.schema();
            let mut body = json!({
                "TableName": self.name, "KeySchema": schema, "AttributeDefinitions": types,
                "BillingMode": "PAY_PER_REQUEST",
            });
            if self.table.change_stream.is_some() {
                body["StreamSpecification"] = self.change_stream();
            }
            self.signed.call("dynamodb", "CreateTable", &body).await?;
            self.until_active().await?;
        }
        let Some(table) = self.described().await? else { bail!("table `{}` has vanished", self.name) };
        if table["StreamSpecification"]["StreamViewType"].as_str() != self.table.change_stream.as_deref() {
            let body = json!({ "TableName": self.name, "StreamSpecification": self.change_stream() });
            self.signed.call("dynamodb", "UpdateTable", &body).await?;
            self.until_active().await?;
        }
        if let Some(attribute) = &self.table.time_to_live
            && self.time_to_live().await?.as_ref() != Some(attribute)
        {
            let wanted = json!({ "Enabled": true, "AttributeName": attribute });
            let body = json!({ "TableName": self.name, "TimeToLiveSpecification": wanted });
            self.signed.call("dynamodb", "UpdateTimeToLive", &body).await?;
        }
        Ok(())
    }
}
