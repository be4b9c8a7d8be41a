//! Whether the numbers add up: what was sent against what the store and the lake hold.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use anyhow::Result;
use serde_json::{Value, json};
use weir_score::dead_letters;

use super::cases::Explanation;
use crate::sender::Sent;
use crate::system::{self, Parts};

/// Items read at once.
const CHUNK: usize = 1_000;

/// What became of the transactions of this run.
pub(super) struct Tally {
    sent: u64,
    accepted: u64,
    rejected: u64,
    labels: u64,
    decided: u64,
    in_lake: u64,
    lost: u64,
    decided_twice: u64,
    dead_letters: u64,
    seconds: f64,
}

/// Counts what became of these transactions, once everything sent has come to its end, after so long.
pub(super) async fn count(
    parts: &Parts,
    score: &weir_score::Context,
    sent: &Sent,
    ids: &[String],
    wait: Duration,
) -> Result<Tally> {
    let decided = decided(parts, ids).await?;
    let in_silver = system::ids(&parts.lake, "silver.transactions").await?;
    let decisions = system::ids(&parts.lake, "silver.decisions").await?;
    let is_safe =
        |id: &&String| in_silver.contains_key(*id) && decisions.contains_key(*id) && decided.contains(*id);
    let safe = ids.iter().filter(is_safe).count() as u64;
    let twice = |rows: &HashMap<String, u64>| {
        ids.iter().filter(|id| rows.get(*id).is_some_and(|rows| *rows > 1)).count() as u64
    };
    let listed = dead_letters::list(score).await?;
    Ok(Tally {
        sent: sent.sent,
        accepted: sent.accepted,
        rejected: sent.rejected,
        labels: sent.labels,
        decided: decided.len() as u64,
        in_lake: ids.iter().filter(|id| in_silver.contains_key(*id)).count() as u64,
        lost: sent.accepted.saturating_sub(safe),
        decided_twice: twice(&decisions) + twice(&in_silver),
        dead_letters: listed.len() as u64,
        seconds: wait.as_secs_f64(),
    })
}

/// The transactions that have a decision in the store.
async fn decided(parts: &Parts, ids: &[String]) -> Result<HashSet<String>> {
    let mut decided = HashSet::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let asked: Vec<&str> = chunk.iter().map(String::as_str).collect();
        let items = parts.store.items(&asked).await?;
        let found = chunk.iter().zip(items).filter(|(_, item)| item.decision.is_some());
        decided.extend(found.map(|(id, _)| id.clone()));
    }
    Ok(decided)
}

impl Tally {
    /// Whether nothing is lost, nothing is there twice, and every transaction taken is decided and in the lake.
    pub(super) const fn adds_up(&self) -> bool {
        self.accepted + self.rejected == self.sent
            && self.lost == 0
            && self.decided_twice == 0
            && self.decided == self.accepted
            && self.in_lake == self.accepted
    }

    pub(super) fn json(&self, cases: Option<&Explanation>) -> Value {
        let mut value = json!({
            "sent": self.sent,
            "accepted": self.accepted,
            "rejected": self.rejected,
            "decided": self.decided,
            "in_lake": self.in_lake,
            "lost": self.lost,
            "decided_twice": self.decided_twice,
            "dead_letters": self.dead_letters,
            "labels": self.labels,
            "adds_up": self.adds_up(),
        });
        if let Some(cases) = cases {
            value["explanation"] = json!(cases);
        }
        value
    }

    pub(super) fn words(&self) -> Vec<String> {
        let verdict = if self.adds_up() { "the numbers add up" } else { "THE NUMBERS DO NOT ADD UP" };
        vec![
            format!("sent {} transactions and {} labels", self.sent, self.labels),
            format!(
                "accepted {}, rejected {}, decided {}, in the lake {} ({:.1} s after the last was sent)",
                self.accepted, self.rejected, self.decided, self.in_lake, self.seconds
            ),
            format!(
                "lost {}, decided twice {}, dead letters {}: {verdict}",
                self.lost, self.decided_twice, self.dead_letters
            ),
        ]
    }
}
