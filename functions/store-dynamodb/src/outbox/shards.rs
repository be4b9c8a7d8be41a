//! The stream of the table of items, and its shards.

use weir_events::Shard;
use weir_store::StoreError;

use crate::fault::Fault;
use crate::retry::Patience;
use crate::store::Inner;

impl Inner {
    /// Name of the stream, asked for once.
    pub(super) async fn stream_arn(&self) -> Result<&str, StoreError> {
        if let Some(arn) = self.reading.stream_arn.get() {
            return Ok(arn);
        }
        let table = self.settings.items_table.as_str();
        let ask = || {
            let request = self.client.describe_table().table_name(table);
            async move { request.send().await.map_err(|error| Fault::of(&error)) }
        };
        let answer = Patience::new(&self.settings, &self.counters).ask(ask).await;
        let answer = answer.map_err(|fault| fault.into_error(table))?;
        let arn = answer.table.and_then(|table| table.latest_stream_arn);
        let arn = arn.ok_or_else(|| StoreError::Refused {
            location: table.to_owned(),
            detail: "it has no stream; switch on a stream of new images".to_owned(),
        })?;
        Ok(self.reading.stream_arn.get_or_init(|| arn))
    }

    /// All shards that can be read. A parent that cannot be read any more is named nowhere.
    pub(super) async fn stream_shards(&self) -> Result<Vec<Shard>, StoreError> {
        let arn = self.stream_arn().await?;
        let (mut found, mut after) = (Vec::new(), None::<String>);
        loop {
            let ask = || {
                let request = self.streams.describe_stream().stream_arn(arn);
                let request = request.set_exclusive_start_shard_id(after.clone());
                async move { request.send().await.map_err(|error| Fault::of(&error)) }
            };
            let answer = Patience::new(&self.settings, &self.counters).ask(ask).await;
            let answer = answer.map_err(|fault| fault.into_error(arn))?;
            let Some(stream) = answer.stream_description else { break };
            found.extend(stream.shards().iter().filter_map(|shard| {
                Some(Shard {
                    id: shard.shard_id()?.to_owned(),
                    parents: shard.parent_shard_id().map(ToOwned::to_owned).into_iter().collect(),
                })
            }));
            after = stream.last_evaluated_shard_id;
            if after.is_none() {
                break;
            }
        }
        let known: std::collections::HashSet<String> = found.iter().map(|shard| shard.id.clone()).collect();
        for shard in &mut found {
            shard.parents.retain(|parent| known.contains(parent));
        }
        Ok(found)
    }
}
