//! The planted cases, and how many of each were caught.

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
use serde::Serialize;
use weir_events::Outcome;
use weir_generator::Case;

use crate::system::System;

/// Items read at once.
const CHUNK: usize = 1_000;

/// What the generator planted, while it is sent.
#[derive(Default)]
pub(super) struct Planted {
    pub(super) cases: Vec<Case>,
    transactions: Vec<String>,
    members: BTreeMap<u32, Vec<(String, bool)>>,
    frauds: u64,
}

/// One case with its end.
#[derive(Debug, Serialize)]
pub(super) struct Explained {
    number: u32,
    pattern: &'static str,
    text: String,
    is_fraud: bool,
    transactions: u64,
    frauds: u64,
    stopped: u64,
    frauds_stopped: u64,
}

/// All cases with their ends.
#[derive(Debug, Serialize)]
pub(super) struct Explanation {
    cases: Vec<Explained>,
    frauds: u64,
    frauds_stopped: u64,
    legitimate: u64,
    legitimate_stopped: u64,
}

impl Planted {
    pub(super) fn note(&mut self, id: &str, case: Option<u32>, is_fraud: bool) {
        self.transactions.push(id.to_owned());
        self.frauds += u64::from(is_fraud);
        if let Some(case) = case {
            self.members.entry(case).or_default().push((id.to_owned(), is_fraud));
        }
    }

    pub(super) fn transactions(&self) -> &[String] {
        &self.transactions
    }

    pub(super) fn first(&self) -> Option<&str> {
        self.transactions.first().map(String::as_str)
    }

    /// Looks every outcome up.
    pub(super) async fn explain(&self, system: &System) -> Result<Explanation> {
        let outcomes = outcomes(system, &self.transactions).await?;
        let is_stopped = |id: &str| outcomes.get(id).is_some_and(|outcome| *outcome != Outcome::Approve);
        let stopped = self.transactions.iter().filter(|id| is_stopped(id)).count() as u64;
        let empty = Vec::new();
        let cases: Vec<Explained> = self
            .cases
            .iter()
            .map(|case| {
                let members = self.members.get(&case.number).unwrap_or(&empty);
                let count = |wanted: &dyn Fn(&(String, bool)) -> bool| {
                    members.iter().filter(|member| wanted(member)).count() as u64
                };
                Explained {
                    number: case.number,
                    pattern: case.pattern.name(),
                    text: case.text.clone(),
                    is_fraud: case.pattern.is_fraud(),
                    transactions: members.len() as u64,
                    frauds: count(&|(_, is_fraud)| *is_fraud),
                    stopped: count(&|(id, _)| is_stopped(id)),
                    frauds_stopped: count(&|(id, is_fraud)| *is_fraud && is_stopped(id)),
                }
            })
            .collect();
        let frauds_stopped = cases.iter().map(|case| case.frauds_stopped).sum();
        Ok(Explanation {
            cases,
            frauds: self.frauds,
            frauds_stopped,
            legitimate: self.transactions.len() as u64 - self.frauds,
            legitimate_stopped: stopped.saturating_sub(frauds_stopped),
        })
    }
}

async fn outcomes(system: &System, ids: &[String]) -> Result<HashMap<String, Outcome>> {
    let mut outcomes = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let asked: Vec<&str> = chunk.iter().map(String::as_str).collect();
        let items = system.parts.store.items(&asked).await?;
        for (id, item) in chunk.iter().zip(items) {
            if let Some(decision) = item.decision {
                outcomes.insert(id.clone(), decision.outcome);
            }
        }
    }
    Ok(outcomes)
}

impl Explanation {
    /// A line a case, frauds first, then look-alikes.
    pub(super) fn words(&self) -> Vec<String> {
        let mut lines = vec![
            String::new(),
            "planted fraud, and how much of it was stopped (review or decline):".to_owned(),
        ];
        for case in self.cases.iter().filter(|case| case.is_fraud) {
            lines.push(format!("  {:>4} of {:<4} {}", case.frauds_stopped, case.frauds, case.text));
        }
        lines.push("legitimate look-alikes, and how many were stopped by mistake:".to_owned());
        let mut look_alikes: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
        for case in self.cases.iter().filter(|case| !case.is_fraud) {
            let sum = look_alikes.entry(case.pattern).or_default();
            *sum = (sum.0 + case.stopped, sum.1 + case.transactions);
        }
        for (pattern, (stopped, transactions)) in look_alikes {
            lines.push(format!("  {stopped:>4} of {transactions:<4} {}", pattern.replace('_', " ")));
        }
        lines.push(format!(
            "in all {} of {} frauds stopped, {} of {} legitimate orders stopped",
            self.frauds_stopped, self.frauds, self.legitimate_stopped, self.legitimate
        ));
        lines
    }
}
