//! `weir dead-letters`: records that could not be used.

use anyhow::{Result, bail};
use serde_json::{Value, json};
use weir_score::dead_letters;

use crate::cli;
use crate::client::{self, Client, path_segment};
use crate::home::Home;
use crate::output;
use crate::settings::Settings;
use crate::system::Parts;

pub(crate) async fn run(command: &cli::DeadLetters, global: &cli::Global, home: &Home) -> Result<()> {
    let answer = if home.running().is_some() {
        ask(command, home).await?
    } else {
        open(command, global, home).await?
    };
    if global.json {
        return output::json(&answer);
    }
    match command {
        cli::DeadLetters::List => list(&answer),
        cli::DeadLetters::Show { .. } => output::line(serde_json::to_string_pretty(&answer)?),
        cli::DeadLetters::Retry { id } => {
            let position = answer["position"].as_str().unwrap_or_default();
            output::line(format!("{id} is published again, at {position}"))
        }
    }
}

/// Through the system that runs on the home.
async fn ask(command: &cli::DeadLetters, home: &Home) -> Result<Value> {
    let client = Client::find(home, None, std::env::var("WEIR_API_KEY").ok())?;
    let (status, answer) = match command {
        cli::DeadLetters::List => client.get("/dead-letters").await?,
        cli::DeadLetters::Show { id, open } => {
            let query = if *open { "?open=true" } else { "" };
            client.get(&format!("/dead-letters/{}{query}", path_segment(id))).await?
        }
        cli::DeadLetters::Retry { id } => {
            client.post_json(&format!("/dead-letters/{}/retry", path_segment(id)), &json!({})).await?
        }
    };
    if status >= 300 {
        bail!("{}", client::message(&answer));
    }
    Ok(answer)
}

/// In the home itself, while nothing runs on it.
async fn open(command: &cli::DeadLetters, global: &cli::Global, home: &Home) -> Result<Value> {
    if !home.exists() {
        bail!("there is no home at {}; `weir demo` makes one", home.root().display());
    }
    let _held = home.hold()?;
    let settings = Settings::load(global.config.as_deref())?;
    let score = Box::pin(Parts::open(home, &settings)).await?.score(&settings, None)?;
    match command {
        cli::DeadLetters::List => Ok(json!({ "dead_letters": dead_letters::list(&score).await? })),
        cli::DeadLetters::Show { id, open } => {
            let mut answer = json!(dead_letters::show(&score, id).await?);
            if *open {
                let bytes = dead_letters::open(&score, id).await?;
                answer["content"] = String::from_utf8_lossy(&bytes).into_owned().into();
            }
            Ok(answer)
        }
        cli::DeadLetters::Retry { id } => {
            let position = dead_letters::retry(&score, id).await?;
            Ok(json!({ "id": id, "position": position.to_string() }))
        }
    }
}

fn list(answer: &Value) -> Result<()> {
    let letters = answer["dead_letters"].as_array().cloned().unwrap_or_default();
    if letters.is_empty() {
        return output::line("no dead letters");
    }
    let text = |letter: &Value, name: &str| letter[name].as_str().unwrap_or_default().to_owned();
    let rows: Vec<Vec<String>> = letters
        .iter()
        .map(|letter| ["id", "at", "reason", "detail"].map(|name| text(letter, name)).to_vec())
        .collect();
    output::table(&["id", "set aside at", "reason", "detail"], &rows)?;
    output::line("\nnext: weir dead-letters show ID, weir dead-letters retry ID")
}
