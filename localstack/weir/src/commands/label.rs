//! `weir label ID fraud|legit`: what turned out.

use anyhow::{Result, bail};

use crate::cli;
use crate::client::{self, Client};
use crate::clock;
use crate::home::Home;
use crate::output;

pub(crate) async fn run(arguments: &cli::LabelOf, global: &cli::Global, home: &Home) -> Result<()> {
    let client = Client::find(home, None, std::env::var("WEIR_API_KEY").ok())?;
    let is_fraud = matches!(arguments.verdict, cli::Verdict::Fraud);
    let label = serde_json::json!({
        "transaction_id": arguments.id,
        "is_fraud": is_fraud,
        "known_at": clock::now(),
        "source": "analyst",
    });
    let (status, answer) = client.post_json("/labels", &label).await?;
    if status != 202 {
        bail!("{} answered {status}: {}", client.base(), client::message(&answer));
    }
    if global.json {
        return output::json(&answer);
    }
    let word = if is_fraud { "fraud" } else { "legitimate" };
    output::line(format!("{} is labelled {word}; `weir decision {}` shows both", arguments.id, arguments.id))
}
