//! Server-sent events: one snapshot a second until the reader leaves or the board is closed.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use futures::Stream;
use futures::stream;
use tokio::sync::watch;
use tokio::time::{Interval, MissedTickBehavior};

use crate::Board;

const EVERY: Duration = Duration::from_secs(1);

struct Live {
    board: Arc<Board>,
    closed: watch::Receiver<bool>,
    ticks: Interval,
}

/// The stream behind `/live`; the first snapshot comes at once.
pub(crate) fn live(board: Arc<Board>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut ticks = tokio::time::interval(EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let live = Live { closed: board.closed(), board, ticks };
    Sse::new(stream::unfold(live, next))
}

async fn next(mut live: Live) -> Option<(Result<Event, Infallible>, Live)> {
    tokio::select! {
        biased;
        _ = live.closed.wait_for(|is_closed| *is_closed) => return None,
        _ = live.ticks.tick() => {}
    }
    Some((Ok(snapshot(&live.board)), live))
}

fn snapshot(board: &Board) -> Event {
    Event::default()
        .json_data(board.snapshot())
        .unwrap_or_else(|error| Event::default().comment(format!("no snapshot: {error}")))
}
