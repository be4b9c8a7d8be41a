//! Serves the dashboard over made-up decisions: `cargo run -p weir-dashboard --example board -- [PORT] [empty]`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use weir_dashboard::{Board, Counters, Found, Lookup, LookupError, router};
use weir_events::{Outcome, Timestamp};

#[path = "../tests/it/made_up.rs"]
#[expect(dead_code, reason = "shared with the tests")]
mod made_up;

#[derive(Default)]
struct Kept(Mutex<HashMap<String, Found>>);

#[async_trait::async_trait]
impl Lookup for Kept {
    async fn decision(&self, transaction_id: &str) -> Result<Option<Found>, LookupError> {
        Ok(self.0.lock().map_err(|error| error.to_string())?.get(transaction_id).cloned())
    }
}

fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::from_micros(since.as_micros() as i64)
}

fn make(number: u64) -> Found {
    let noise = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let outcome = match noise % 400 {
        0..=3 => Outcome::Decline,
        4..=11 => Outcome::Review,
        _ => Outcome::Approve,
    };
    let latency_micros = 1_400 + (noise % 1_300) as i64 + if noise.is_multiple_of(60) { 6_000 } else { 0 };
    let id = format!("T{number:07}");
    let made = made_up::Like { id: &id, outcome, decided_at: now(), latency_micros, seed: number };
    let feature_names = made_up::FEATURES.map(str::to_owned).to_vec();
    Found { decision: made_up::like(&made), label: None, feature_names }
}

async fn feed(board: Arc<Board>, kept: Arc<Kept>) {
    for tick in 0_u64.. {
        let wave = 1.0 + 0.5 * (tick as f64 / 60.0).sin();
        for _ in 0..(9.0 * wave) as u64 + tick % 3 {
            let mut all = kept.0.lock().expect("no other holder panics");
            let found = make(all.len() as u64 + 1);
            board.record(&found.decision);
            all.insert(found.decision.transaction_id.clone(), found);
        }
        let decided = kept.0.lock().expect("no other holder panics").len() as u64;
        board.set_counters(Counters {
            accepted: decided + 3,
            rejected: decided / 4_000,
            decided,
            labels: decided / 40,
            in_lake: decided / 2_500 * 2_500,
            dead_letters: 0,
        });
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let mut arguments = std::env::args().skip(1);
    let port = arguments.next().and_then(|text| text.parse().ok()).unwrap_or(8080_u16);
    let board = Arc::new(Board::new());
    let kept = Arc::new(Kept::default());
    if arguments.next().is_none() {
        tokio::spawn(feed(Arc::clone(&board), Arc::clone(&kept)));
    }
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await?;
    axum::serve(listener, router(board, kept)).await
}
