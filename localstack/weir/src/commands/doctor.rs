//! `weir doctor`: what is configured, what answers and what does not.

mod live;
mod states;
mod streams;

use std::process::ExitCode;

use anyhow::Result;
use serde::Serialize;
use weir_features::FeatureSet;

use crate::backing::StreamsKind;
use crate::cli;
use crate::home::Home;
use crate::output;
use crate::settings::Settings;
use crate::stack::{self, Stack, State};
use crate::system::champion;

/// One thing that was looked at.
#[derive(Serialize)]
struct Finding {
    what: &'static str,
    is_good: bool,
    says: String,
    /// What to do about it; nothing if there is nothing to look at.
    #[serde(skip_serializing_if = "Option::is_none")]
    look: Option<&'static str>,
}

pub(crate) async fn run(arguments: &cli::Doctor, global: &cli::Global, home: &Home) -> Result<ExitCode> {
    if arguments.states {
        return states::run(home, global.json).await;
    }
    let mut findings = Vec::new();
    let mut kind = StreamsKind::default();
    match Settings::load(global.config.as_deref()) {
        Ok(settings) => {
            kind = settings.backing.streams;
            findings.push(good("settings", words(&settings)));
            findings.push(finding("listen", settings.check().map(|()| listens(&settings))));
            findings.push(finding("model", model(&settings)));
            if !settings.backing.is_embedded() {
                findings.push(finding("services", services(&settings).await));
            }
        }
        Err(error) => findings.push(bad("settings", error.to_string())),
    }
    findings.push(at_home(home));
    findings.push(finding("streams", streams::look(home, kind)));
    if home.running().is_some() {
        findings.extend(live::look(home, arguments.api_key.clone()).await);
    } else {
        findings.push(good("system", "nothing runs on this home; `weir run` starts it".to_owned()));
    }
    let is_well = findings.iter().all(|finding| finding.is_good);
    if global.json {
        output::json(&findings)?;
    } else {
        findings.iter().map(Finding::words).try_for_each(output::line)?;
    }
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn words(settings: &Settings) -> String {
    let source = settings.source.as_ref().map_or("defaults".to_owned(), |path| path.display().to_string());
    format!("{source}; currency {}, durability {:?}", settings.currency, settings.durability).to_lowercase()
}

fn listens(settings: &Settings) -> String {
    format!("api {}, page {}", settings.ingest_listen, settings.page_listen)
}

fn model(settings: &Settings) -> Result<String> {
    let scorer = champion(settings, &FeatureSet::full())?;
    let model = scorer.model();
    Ok(format!("{} {} reads {} features", model.name(), &model.digest()[..12], model.features().len()))
}

/// Whether the services answer and hold what the deployment needs.
async fn services(settings: &Settings) -> Result<String> {
    let found = stack::compare(&stack::resources(&Stack::read(None)?, &settings.backing).await?).await?;
    let different = found.iter().filter(|found| found.state != State::Equal);
    let names: Vec<_> = different.map(|found| format!("{} `{}`", found.kind, found.name)).collect();
    if names.is_empty() {
        return Ok(format!("they answer, and all {} resources are as declared", found.len()));
    }
    anyhow::bail!("missing or different: {}; `weir stack apply` makes them", names.join(", "))
}

fn at_home(home: &Home) -> Finding {
    let place = home.root().display();
    match (home.exists(), home.running()) {
        (false, _) => good("home", format!("{place} is not made yet; `weir demo` or `weir run` makes it")),
        (true, Some(holder)) => good("home", format!("{place} is in use by process {}", holder.pid)),
        (true, None) => match home.hold() {
            Ok(_) => good("home", format!("{place} is free and can be written")),
            Err(error) => bad("home", format!("{error:#}")),
        },
    }
}

fn finding<E: std::fmt::Display>(what: &'static str, outcome: Result<String, E>) -> Finding {
    match outcome {
        Ok(says) => good(what, says),
        Err(error) => bad(what, format!("{error:#}")),
    }
}

const fn good(what: &'static str, says: String) -> Finding {
    Finding { what, is_good: true, says, look: None }
}

const fn bad(what: &'static str, says: String) -> Finding {
    Finding { what, is_good: false, says, look: None }
}

impl Finding {
    /// The same with advice, if there is something to look at.
    fn unless(mut self, is_fine: bool, advice: &'static str) -> Self {
        self.look = (!is_fine).then_some(advice);
        self
    }

    fn words(&self) -> String {
        let Self { what, says, .. } = self;
        match (self.is_good, self.look) {
            (false, _) => format!("FAIL  {what:<12} {says}"),
            (true, None) => format!("ok    {what:<12} {says}"),
            (true, Some(advice)) => format!("look  {what:<12} {says}: {advice}"),
        }
    }
}
