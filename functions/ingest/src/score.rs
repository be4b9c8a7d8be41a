//! `POST /score`: one transaction, decided while its sender waits.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use serde::Serialize;
use weir_events::{Decision, RawRecord};
use weir_score::{Answer, decide};

use crate::access::Scope;
use crate::answer::Failure;
use crate::context::{Context, count};
use crate::publish;
use crate::send::{is_replay, read_transactions, with_arrival};

/// A decision as it is answered.
#[derive(Debug, Serialize)]
pub(crate) struct Decided {
    #[serde(flatten)]
    decision: Decision,
    /// Whether it was made for an earlier record of the same content.
    repeated: bool,
}

/// Publishes first: whatever happens then, the stream has the transaction and it will be decided once.
pub(crate) async fn score(
    State(context): State<Arc<Context>>,
    request: Request,
) -> Result<Json<Decided>, Failure> {
    let limit = context.let_in(request.headers(), Scope::Score)?;
    let is_replay = is_replay(request.uri(), request.headers())?;
    let (items, _in_flight) = read_transactions(&context, request).await?;
    let (1, true, Some((_, transaction))) =
        (items.taken.len(), items.rejected.is_empty(), items.taken.into_iter().next())
    else {
        return Err(Failure::not_one());
    };
    limit.inspect(|limit| limit.spend(1));
    let arrived_at = context.score.now();
    let records = publish::seal(&context, vec![with_arrival(transaction, is_replay, arrived_at)]).await?;
    let Some(record) = records.first().cloned() else { return Err(Failure::not_one()) };
    let positions = publish::publish(&context, publish::TRANSACTIONS, records).await?;
    let Some(position) = positions.into_iter().next() else { return Err(Failure::not_one()) };
    count(&context.taken.transactions, 1);
    let record = RawRecord { position, key: record.key, bytes: record.bytes, arrived_at };
    let Answer { decision, repeated } =
        decide(&context.score, record).await.map_err(|error| Failure::of_score(&error))?;
    Ok(Json(Decided { decision, repeated }))
}
