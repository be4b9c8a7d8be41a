//! `weir decision ID`: why, in words.

use anyhow::{Result, bail};
use serde_json::Value;
use weir_events::{Decision, Label, Mark, Outcome};

use crate::cli;
use crate::client::{self, Client};
use crate::home::Home;
use crate::output;
use crate::settings::Settings;
use crate::system::Parts;

pub(crate) async fn run(arguments: &cli::DecisionOf, global: &cli::Global, home: &Home) -> Result<()> {
    let (decision, label) = find(&arguments.id, global, home).await?;
    if global.json {
        return output::json(&serde_json::json!({ "decision": decision, "label": label }));
    }
    for line in words(&decision, label.as_ref()) {
        output::line(line)?;
    }
    Ok(())
}

/// Asks the system that runs on the home, or the home itself.
async fn find(id: &str, global: &cli::Global, home: &Home) -> Result<(Decision, Option<Label>)> {
    let found = if home.running().is_some() { ask(id, home).await? } else { read(id, global, home).await? };
    match found {
        Some(found) => Ok(found),
        None => bail!("there is no decision about `{id}` in {}", home.root().display()),
    }
}

async fn ask(id: &str, home: &Home) -> Result<Option<(Decision, Option<Label>)>> {
    let client = Client::find(home, None, std::env::var("WEIR_API_KEY").ok())?;
    let (status, answer) = client.get(&format!("/decisions/{}", client::path_segment(id))).await?;
    match status {
        200 => {
            let label = answer.get("label").filter(|label| !label.is_null()).cloned();
            let decision = answer.get("decision").cloned().unwrap_or(Value::Null);
            Ok(Some((serde_json::from_value(decision)?, label.map(serde_json::from_value).transpose()?)))
        }
        404 => Ok(None),
        status => bail!("{} answered {status}: {}", client.base(), client::message(&answer)),
    }
}

async fn read(id: &str, global: &cli::Global, home: &Home) -> Result<Option<(Decision, Option<Label>)>> {
    if !home.exists() {
        bail!("there is no home at {}; `weir demo` makes one", home.root().display());
    }
    let _held = home.hold()?;
    let parts = Box::pin(Parts::open(home, &Settings::load(global.config.as_deref())?)).await?;
    let item = parts.store.items(&[id]).await?.pop().unwrap_or_default();
    Ok(item.decision.map(|decision| (decision, item.label)))
}

/// The decision as an auditor reads it.
fn words(decision: &Decision, label: Option<&Label>) -> Vec<String> {
    let money = amount(decision);
    let verdict = match decision.outcome {
        Outcome::Approve => "approved",
        Outcome::Review => "sent to review",
        Outcome::Decline => "declined",
    };
    let mut lines = vec![format!("{} was {verdict}", decision.transaction_id)];
    lines
        .push(format!("  order     {money} at {}, customer {}", decision.occurred_at, decision.customer_key));
    for score in &decision.scores {
        let digest = score.digest.get(..12).unwrap_or(&score.digest);
        lines.push(format!(
            "  score     {:.4} probability of fraud by {} {digest} ({})",
            score.calibrated,
            score.model,
            score.role.name()
        ));
    }
    for (index, reason) in decision.reasons.iter().enumerate() {
        let head = if index == 0 { "because" } else { "" };
        lines.push(format!("  {head:<9} {} ({:+.2})", reason.text, reason.contribution));
    }
    for hit in &decision.rule_hits {
        lines.push(format!("  rule      {} asked for {}", hit.rule, hit.outcome.name()));
    }
    for mark in &decision.marks {
        lines.push(format!("  note      {}", note(*mark)));
    }
    lines.push(format!(
        "  decided   {} by policy {}, features {}, build {}",
        decision.decided_at, decision.versions.policy, decision.versions.feature_set, decision.versions.build
    ));
    lines.push(format!("  position  {}", decision.position));
    lines.push(match label {
        Some(label) => {
            let what = if label.is_fraud { "fraud" } else { "legitimate" };
            format!("  label     {what}, known since {} ({})", label.known_at, label.source.name())
        }
        None => "  label     none yet".to_owned(),
    });
    lines
}

/// Amount and currency for reading.
fn amount(decision: &Decision) -> String {
    let digits = decision.currency.exponent() as usize;
    let per_major = decision.currency.minor_per_major();
    let (major, minor) = (decision.amount_minor / per_major, decision.amount_minor % per_major);
    match digits {
        0 => format!("{major} {}", decision.currency),
        _ => format!("{major}.{minor:0digits$} {}", decision.currency),
    }
}

const fn note(mark: Mark) -> &'static str {
    match mark {
        Mark::Tiled => "a feature was made from time tiles",
        Mark::Late => "older than what is remembered: decided, not counted for later orders",
        Mark::Clock => {
            "dated more than five minutes ahead of its arrival: decided, not counted for later orders"
        }
        Mark::Degraded => "something was missing when it was decided",
    }
}
