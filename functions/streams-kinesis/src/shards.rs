//! The shards of a stream, and which were made from which.

use std::collections::HashSet;

use aws_sdk_kinesis::Client;
use weir_events::Shard;
use weir_streams::StreamError;

use crate::error::{code, failed};

/// Lists the shards that can be read. Parents whose records have all been trimmed are no longer listed, and are left
/// out of their children.
pub(crate) async fn list(client: &Client, name: &str) -> Result<Vec<Shard>, StreamError> {
    let (mut found, mut token) = (Vec::new(), None);
    loop {
        let request = client.list_shards();
        // The token stands for the stream.
        let request = match token {
            Some(token) => request.next_token(token),
            None => request.stream_name(name),
        };
        let answer =
            request.send().await.map_err(|error| failed("list the shards of", name, code(&error)))?;
        found.extend(answer.shards.unwrap_or_default());
        token = answer.next_token;
        if token.is_none() {
            return Ok(linked(found));
        }
    }
}

fn linked(found: Vec<aws_sdk_kinesis::types::Shard>) -> Vec<Shard> {
    let listed: HashSet<_> = found.iter().map(|shard| shard.shard_id.clone()).collect();
    let parents = |shard: &aws_sdk_kinesis::types::Shard| {
        let parents = [&shard.parent_shard_id, &shard.adjacent_parent_shard_id].into_iter().flatten();
        parents.filter(|parent| listed.contains(*parent)).cloned().collect()
    };
    found.iter().map(|shard| Shard { id: shard.shard_id.clone(), parents: parents(shard) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_that_are_gone_are_left_out() {
        let shard = |id: &str, parent: Option<&str>, adjacent: Option<&str>| {
            aws_sdk_kinesis::types::Shard::builder()
                .shard_id(id)
                .set_parent_shard_id(parent.map(str::to_owned))
                .set_adjacent_parent_shard_id(adjacent.map(str::to_owned))
                .build()
                .unwrap()
        };
        let shards = linked(vec![
            shard("b", Some("a"), None),
            shard("c", None, None),
            shard("d", Some("b"), Some("c")),
        ]);
        let parents: Vec<_> = shards.iter().map(|shard| shard.parents.join(" ")).collect();
        assert_eq!(parents, ["", "", "b c"]);
    }
}
