//! From what was sent and what is there to the table.

use std::time::Duration;

use anyhow::Result;
use weir_features::FeatureSet;
use weir_jobs::refold::{self, RefoldMetrics};
use weir_score::dead_letters;
use weir_store::Counts;

use super::files::{self, Searched};
use super::lake::Counted;
use super::phases::Phases;
use super::reused::{PREFIX, Reused};
use super::services;
use super::table::{Table, grouped};
use crate::cli;
use crate::home::Home;
use crate::load::LoadReport;
use crate::settings::Settings;
use crate::system::Parts;

/// How soon a killed system must serve again.
const RESTART: Duration = Duration::from_secs(10);

/// Looks at everything that the system left behind.
pub(super) async fn table(
    home: &Home,
    settings: &Settings,
    arguments: &cli::Prove,
    phases: &Phases,
    reused: &Reused,
) -> Result<Table> {
    let held = home.hold()?;
    let parts = Box::pin(Parts::open(home, settings)).await?;
    let mut table = Table::default();
    let sent = sent(&mut table, phases, reused);
    let lake = Counted(&parts.lake);
    once(&mut table, &lake, &parts.store.counts().await?, phases, sent).await?;
    let refolded = Box::pin(refold::run(&parts.lake, &FeatureSet::full())).await?;
    folded(&mut table, &refolded, sent);
    let letters = dead_letters::list(parts.score(settings, None)?.as_ref()).await?.len() as u64;
    table.equal("dead letters", "each record that cannot be used, once", letters, reused.dead_letters);
    Box::pin(services::copy(&parts, settings, home.root())).await?;
    drop(parts);
    drop(held);
    let shops: Vec<_> = phases.loads.iter().map(|(_, shop)| shop.clone()).collect();
    let root = home.root().to_owned();
    personal(&mut table, &tokio::task::spawn_blocking(move || files::search(&root, &shops)).await??);
    restarts(&mut table, &phases.restarts);
    if let Some((calm, _)) = phases.loads.first() {
        speed(&mut table, calm, arguments);
    }
    Ok(table)
}

/// What the senders were told; answers how many transactions were acknowledged.
fn sent(table: &mut Table, phases: &Phases, reused: &Reused) -> u64 {
    let sum =
        |count: fn(&LoadReport) -> u64| phases.loads.iter().map(|(report, _)| count(report)).sum::<u64>();
    let (sent, accepted) =
        (sum(|report| report.transactions.sent), sum(|report| report.transactions.accepted));
    let found = format!("{} of {}", grouped(accepted), grouped(sent));
    table.add(
        "sent",
        "each transaction acknowledged in the end",
        found,
        accepted,
        sent > 0 && accepted == sent,
    );
    accepted + reused.transactions
}

/// Nothing lost, nothing twice.
async fn once(
    table: &mut Table,
    lake: &Counted<'_>,
    stored: &Counts,
    phases: &Phases,
    sent: u64,
) -> Result<()> {
    table.equal("decided", "one decision for each in the store", stored.decisions, sent);
    let (mut decided, mut clean) = (0, 0);
    let prefixes = phases.loads.iter().map(|(report, _)| report.id_prefix.as_str());
    for prefix in prefixes.chain([PREFIX]) {
        decided += lake.ids("silver.decisions", prefix).await?;
        clean += lake.ids("silver.transactions", prefix).await?;
    }
    table.equal("in the lake", "each decision", decided, sent);
    table.equal("in the lake", "each transaction, clean", clean, sent);
    let lost = sent.saturating_sub(decided.min(clean).min(stored.decisions));
    table.equal("lost", "acknowledged and not there", lost, 0);
    let twice = lake.twice("silver.decisions").await? + lake.twice("silver.transactions").await?;
    table.equal("twice", "decided or listed more than once", twice, 0);
    table.equal("landed twice", "stream positions more than once in bronze", lake.landed_twice().await?, 0);
    table.equal("outbox", "entries that nobody has archived", stored.outbox, 0);
    Ok(())
}

/// Every vector again from the lake.
fn folded(table: &mut Table, refolded: &RefoldMetrics, sent: u64) {
    let wrong = refolded.ordinals_missing + refolded.ordinals_twice + refolded.unreached;
    let found = format!("{} wrong, {} entities", wrong, grouped(refolded.entities));
    table.add(
        "ordinals",
        "of each entity 1 to n, each once",
        found,
        wrong,
        wrong == 0 && refolded.entities > 0,
    );
    let found = format!("{} differ of {}", refolded.mismatched, grouped(refolded.vectors));
    let is_whole = refolded.vectors == sent && refolded.mismatched == 0;
    let promise = "every vector folded again from the lake has the same bits";
    table.add("vectors", promise, found, refolded.mismatched, is_whole);
}

fn personal(table: &mut Table, searched: &Searched) {
    let Searched { values, files, bytes, found } = searched;
    let text = format!(
        "{} files with one, of {}; {} values, {} MiB",
        found.len(),
        grouped(*files as u64),
        grouped(*values as u64),
        bytes >> 20
    );
    let passed = found.is_empty() && *values > 0 && *files > 0;
    table.add("personal data", "no value readable in any file", text, found.len(), passed);
}

fn restarts(table: &mut Table, restarts: &[Duration]) {
    let longest = restarts.iter().max().copied().unwrap_or_default();
    let found = format!("{} kills, longest {:.1} s", restarts.len(), longest.as_secs_f64());
    let promise = format!("serves again within {} s of a kill -9", RESTART.as_secs());
    table.add("restart", promise, found, longest.as_secs_f64(), !restarts.is_empty() && longest < RESTART);
}

/// Throughput and latency of the load that nothing disturbed.
fn speed(table: &mut Table, calm: &LoadReport, arguments: &cli::Prove) {
    let promise = format!("{} a second, for {:.0} s", grouped(arguments.rate), calm.seconds);
    let is_reached = calm.achieved_rate >= arguments.reached * arguments.rate as f64;
    table.add(
        "throughput",
        promise,
        format!("{:.0} a second", calm.achieved_rate),
        calm.achieved_rate,
        is_reached,
    );
    let limit = arguments.p99_ms as f64;
    let latencies = [("taken", &calm.latency_ms), ("decided", &calm.decided_ms)];
    for (name, measured) in latencies {
        let promise = format!("p99 from the moment it was due: {limit} ms");
        let p99 = measured.as_ref().map(|measured| measured.p99);
        let found = measured.as_ref().map_or("nothing measured".to_owned(), |one| {
            format!("p50 {:.1}, p99 {:.1}, p99.9 {:.1} ms", one.p50, one.p99, one.p999)
        });
        table.add(name, promise, found, p99, p99.is_some_and(|p99| p99 <= limit));
    }
}
