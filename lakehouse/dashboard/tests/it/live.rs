//! Server-sent events.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::http::Request;
use serde_json::Value;
use tower::ServiceExt;
use weir_dashboard::{Board, Counters, router};
use weir_events::Outcome;

use crate::made_up::decision;
use crate::served::Kept;

async fn open(board: &Arc<Board>) -> Body {
    let router = router(Arc::clone(board), Arc::new(Kept(vec![])));
    let answer = router.oneshot(Request::get("/live").body(Body::empty()).unwrap()).await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    answer.into_body()
}

async fn frame(body: &mut Body) -> Option<String> {
    let next = std::future::poll_fn(|context| std::pin::Pin::new(&mut *body).poll_frame(context));
    let frame = tokio::time::timeout(Duration::from_secs(5), next).await.unwrap()?;
    Some(String::from_utf8(frame.unwrap().into_data().unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn the_first_snapshot_comes_at_once_and_the_next_shows_what_changed() {
    let board = Arc::new(Board::new());
    let mut body = open(&board).await;
    let first = frame(&mut body).await.unwrap();
    let first: Value = serde_json::from_str(first.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!((&first["latency"], &first["alert_share"]), (&Value::Null, &Value::Null));

    board.record(&decision("a", Outcome::Decline));
    board.set_counters(Counters { accepted: 3, decided: 1, ..Counters::default() });
    let second = frame(&mut body).await.unwrap();
    let second: Value = serde_json::from_str(second.strip_prefix("data: ").unwrap()).unwrap();
    assert_eq!(second["outcomes"]["decline"], 1);
    assert_eq!(second["counters"]["accepted"], 3);
    assert_eq!(second["alert_sequence"], 1);
}

#[tokio::test]
async fn closing_the_board_ends_live_connections() {
    let board = Arc::new(Board::new());
    let mut body = open(&board).await;
    frame(&mut body).await.unwrap();
    board.close();
    assert_eq!(frame(&mut body).await, None);
    assert_eq!(frame(&mut open(&board).await).await, None);
}
