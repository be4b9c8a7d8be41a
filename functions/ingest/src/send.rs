//! `POST /transactions` and `POST /labels`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use serde::Serialize;
use tracing::debug;
use weir_events::{Currency, EventError, Found, Label, Position, Timestamp, Transaction};

use crate::access::Scope;
use crate::answer::{Failure, Rejection};
use crate::body::{self, Taken};
use crate::context::{Context, count};
use crate::items::{Item, Items};
use crate::publish;

/// The answer when at least one item was taken.
#[derive(Debug, Serialize)]
pub(crate) struct Accepted {
    /// Items taken: they are durable.
    accepted: usize,
    /// Items not taken, in order of their lines.
    rejected: Vec<Rejection>,
    /// Where the items taken stand, in order of their lines.
    positions: Vec<String>,
}

pub(crate) type Answered = (StatusCode, Json<Accepted>);

pub(crate) async fn transactions(
    State(context): State<Arc<Context>>,
    request: Request,
) -> Result<Answered, Failure> {
    let limit = match context.let_in(request.headers(), Scope::Ingest) {
        Ok(limit) => limit,
        Err(failure) => return Err(body::refuse(request.into_body(), failure).await),
    };
    let is_replay = is_replay(request.uri(), request.headers())?;
    let (Items { taken, rejected }, _in_flight) = read_transactions(&context, request).await?;
    limit.inspect(|limit| limit.spend(taken.len()));
    let now = context.score.now();
    let items = taken.into_iter().map(|(_, item)| with_arrival(item, is_replay, now)).collect();
    let positions = publish::transactions(&context, items).await?;
    count(&context.taken.transactions, positions.len());
    Ok(accepted(&positions, rejected, publish::TRANSACTIONS))
}

pub(crate) async fn labels(
    State(context): State<Arc<Context>>,
    request: Request,
) -> Result<Answered, Failure> {
    let limit = match context.let_in(request.headers(), Scope::Ingest) {
        Ok(limit) => limit,
        Err(failure) => return Err(body::refuse(request.into_body(), failure).await),
    };
    let body = body::take(&context, request, Label::EXPECTED).await?;
    let Items { taken, rejected } = checked(&context, read_labels(&context, &body))?;
    limit.inspect(|limit| limit.spend(taken.len()));
    let labels: Vec<Label> = taken.into_iter().map(|(_, label)| label).collect();
    let positions = publish::labels(&context, &labels).await?;
    count(&context.taken.labels, positions.len());
    Ok(accepted(&positions, rejected, publish::LABELS))
}

fn read_labels(context: &Context, body: &Taken) -> Items<Label> {
    let items = Items::<Label>::read(&body.bytes, body.form);
    count(&context.taken.labels_rejected, items.rejected.len());
    items
}

/// The transactions of a body in the deployment's currency, at least one; the body counts as in flight until dropped.
pub(crate) async fn read_transactions(
    context: &Context,
    request: Request,
) -> Result<(Items<Transaction>, Taken), Failure> {
    let body = body::take(context, request, Transaction::EXPECTED).await?;
    let mut items = Items::<Transaction>::read(&body.bytes, body.form);
    let currency = context.score.settings().currency;
    items.reject_where(|item| wrong_currency(item.order.currency, currency));
    Ok((checked(context, items)?, body))
}

/// A transaction with the time at which it counts as received; replayed history arrives when it occurred.
pub(crate) fn with_arrival(item: Transaction, is_replay: bool, now: Timestamp) -> (Transaction, Timestamp) {
    let received_at = if is_replay { item.order.occurred_at } else { now };
    (item, received_at)
}

/// Whether the sender says that this is history: `?replay=true`, or the header `x-weir-replay: true`.
pub(crate) fn is_replay(uri: &Uri, headers: &HeaderMap) -> Result<bool, Failure> {
    let pairs =
        uri.query().unwrap_or("").split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "true")));
    let asked = pairs.filter(|(name, _)| *name == "replay").map(|(_, value)| value).next_back();
    let header = headers.get("x-weir-replay").map(|value| value.to_str().unwrap_or("?"));
    match asked.or(header) {
        None | Some("false") => Ok(false),
        Some("true") => Ok(true),
        Some(_) => Err(Failure::bad_query("`replay` is neither `true` nor `false`")),
    }
}

fn wrong_currency(found: Currency, currency: Currency) -> Option<EventError> {
    let expected = format!("{currency}, the currency of this deployment, not {found}");
    (found != currency).then(|| EventError::new("currency", Found::Text, expected))
}

fn checked<T>(context: &Context, items: Items<T>) -> Result<Items<T>, Failure> {
    count(&context.taken.rejected, items.rejected.len());
    if items.taken.is_empty() { Err(Failure::rejected(&items.rejected)) } else { Ok(items) }
}

fn accepted(positions: &[Position], rejected: Vec<Rejection>, stream: &str) -> Answered {
    debug!(
        request.accepted = positions.len(),
        request.rejected = rejected.len(),
        "took records for stream `{stream}`"
    );
    let texts = positions.iter().map(ToString::to_string).collect();
    (StatusCode::ACCEPTED, Json(Accepted { accepted: positions.len(), rejected, positions: texts }))
}
