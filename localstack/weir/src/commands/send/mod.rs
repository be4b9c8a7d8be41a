//! `weir send`: replay a file or generated traffic into a running system.

mod open_loop;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use indicatif::ProgressBar;
use weir_events::Currency;
use weir_generator::{EventKind, Generator};

use crate::cli;
use crate::client::{self, Client};
use crate::home::Home;
use crate::load::plot;
use crate::output;
use crate::replay::{Event, FileEvents, generated};
use crate::sender::{Sender, Sent};
use crate::source::{Rows, parse_currency};

/// Transactions a request where answers are waited for, unless told otherwise.
const BATCH: usize = 200;

pub(crate) async fn run(arguments: &cli::Send, global: &cli::Global, home: &Home) -> Result<ExitCode> {
    let is_open_loop = arguments.generate.is_some() && arguments.rate > 0;
    if !is_open_loop {
        open_loop::refuse_flags(&arguments.load)?;
    }
    let client = Client::find(home, arguments.to.as_deref(), arguments.api_key.clone())?;
    let currency = currency(arguments, &client).await?;
    if let Some(transactions) = arguments.generate.filter(|_| is_open_loop) {
        arguments.source.without_file()?;
        return open_loop::run(transactions, arguments, &client, currency, global.json).await;
    }
    let mut sender = Sender::new(client, arguments.batch.unwrap_or(BATCH), arguments.rate);
    let rejects = match (&arguments.file, arguments.generate) {
        (Some(file), _) => send_file(file, arguments, currency, &mut sender).await?,
        (None, Some(transactions)) => {
            arguments.source.without_file()?;
            send_generated(transactions, arguments.seed, currency, &mut sender).await?;
            Rows::default()
        }
        (None, None) => bail!("say what to send: a file, or --generate N"),
    };
    report(&sender, &rejects, global.json)?;
    let rows = sender.sent.sent + rejects.rejected;
    let rejected = sender.sent.rejected + rejects.rejected;
    let is_too_much = arguments.source.is_too_much(rows, rejected);
    Ok(if is_too_much { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The currency said, or the system's own: a file that names none is in the deployment's currency.
async fn currency(arguments: &cli::Send, client: &Client) -> Result<Currency> {
    if let Some(currency) = arguments.source.currency()? {
        return Ok(currency);
    }
    let (status, answer) = client.get("/status").await?;
    match answer["currency"].as_str() {
        Some(code) => parse_currency(code),
        None => bail!("{} answered {status}: {}", client.base(), client::message(&answer)),
    }
}

async fn send_file(
    file: &Path,
    arguments: &cli::Send,
    currency: Currency,
    sender: &mut Sender,
) -> Result<Rows> {
    let options = arguments.source.options(currency)?;
    let mut events = FileEvents::open(file, &options, arguments.label_delay_days)?;
    let bar = output::progress();
    while let Some(event) = events.next()? {
        sender.push(event).await.context("stopped while sending; the same command again goes on safely")?;
        show(&bar, &sender.sent, events.progress());
    }
    sender.flush().await?;
    bar.finish_and_clear();
    if events.out_of_order() > 0 {
        tracing::warn!(
            "{} events came out of order of time; sort the file for exact windows",
            events.out_of_order()
        );
    }
    events.finish()
}

async fn send_generated(transactions: u64, seed: u64, currency: Currency, sender: &mut Sender) -> Result<()> {
    let bar = output::progress();
    for event in Generator::new(generated(transactions, seed, currency))? {
        let event = match event.kind {
            EventKind::Transaction { transaction, .. } => Event::Transaction(transaction),
            EventKind::Label(label) => Event::Label(label),
        };
        sender.push(event).await?;
        show(&bar, &sender.sent, (sender.sent.sent, transactions));
    }
    sender.flush().await?;
    bar.finish_and_clear();
    Ok(())
}

fn show(bar: &ProgressBar, sent: &Sent, (done, total): (u64, u64)) {
    bar.set_length(total);
    bar.set_position(done);
    bar.set_message(format!(
        "{} accepted, {} rejected, {} labels",
        sent.accepted, sent.rejected, sent.labels
    ));
}

fn report(sender: &Sender, rejects: &Rows, json: bool) -> Result<()> {
    let sent = &sender.sent;
    let latency = sender.latency();
    if json {
        return output::json(&serde_json::json!({
            "rows": sent.sent + rejects.rejected,
            "unreadable": rejects.rejected,
            "rejects_file": rejects.rejects_file,
            "result": sent,
            "latency_ms": latency,
        }));
    }
    output::line(format!(
        "sent {} transactions: {} accepted, {} rejected; {} labels",
        sent.sent, sent.accepted, sent.rejected, sent.labels
    ))?;
    for reason in &sent.reasons {
        output::line(format!("  rejected: {reason}"))?;
    }
    if let Some(file) = &rejects.rejects_file {
        output::line(format!(
            "{} rows could not be read; {} says which and why",
            rejects.rejected,
            file.display()
        ))?;
    }
    if let Some(latency) = &latency {
        output::line(latency.words("answered"))?;
        plot(latency).iter().try_for_each(output::line)?;
    }
    Ok(())
}
