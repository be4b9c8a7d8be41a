//! Stages beside each other: what waits is told from what is lost.

use std::time::Duration;

use weir_jobs::{JobOptions, Report, run_job};
use weir_tables::{Added, Change, LakeTable, Number, TableName};

use crate::events::{DAY, decision, label, transaction};
use crate::home::{Home, Record};
use crate::{commit, silver};

/// As long as the events of these tests are old, and longer.
const AGES: Duration = Duration::from_secs(200 * 365 * 86_400);

const STATUSES: &str = "SELECT status, count(*) FROM system.reconcile GROUP BY 1 ORDER BY 1";

async fn job(home: &Home, name: &str, options: &JobOptions) -> anyhow::Result<Report> {
    Ok(run_job(&home.lake, name, options, &mut |_| ()).await?.report)
}

async fn reconcile(home: &Home) -> anyhow::Result<Report> {
    job(home, "reconcile", &JobOptions::default()).await
}

/// Transactions of four a day, each over the amount that its decision has.
fn orders(sequences: std::ops::RangeInclusive<u64>) -> Vec<Record> {
    let record = |sequence: u64| {
        let at = i64::try_from(sequence).unwrap() * DAY / 4;
        (sequence, at, transaction(&format!("order-{sequence}"), at, 1_999))
    };
    sequences.map(record).collect()
}

fn decisions(sequences: std::ops::RangeInclusive<u64>) -> Vec<Record> {
    let record = |sequence: u64| {
        let at = i64::try_from(sequence).unwrap() * DAY / 4;
        (sequence, at, decision(&format!("order-{sequence}"), at, &[Some(1.0), None]))
    };
    sequences.map(record).collect()
}

/// Eight transactions over three days with decisions, and labels of two of them.
async fn filled() -> Home {
    let home = Home::new();
    home.land("transactions", "0", &orders(1..=8));
    home.land("decisions", "0", &decisions(1..=8));
    let labels = [(1, 9, label("order-1", true, DAY)), (2, 9, label("order-8", false, 4 * DAY))];
    home.land("labels", "0", &labels);
    commit(&home).await;
    silver(&home).await;
    job(&home, "star", &JobOptions::default()).await.unwrap();
    home
}

/// Removes the files of a date from a table, as no job does.
async fn lose(home: &Home, name: TableName, date: &str) {
    let mut table = LakeTable::open(&home.lake, name).await.unwrap().unwrap();
    let files = table.files().unwrap();
    let lost = files.into_iter().filter(|file| file.partition.as_deref() == Some(date)).collect::<Vec<_>>();
    assert!(!lost.is_empty());
    let change = Change::replacing(Added::default(), lost, "test.loss", Number::Unchanged);
    table.commit(&home.lake, change).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn stages_that_agree_are_equal_to_the_minor_unit_and_are_not_compared_again() {
    let home = filled().await;
    let report = reconcile(&home).await.unwrap();
    assert_eq!(report.notes, Vec::<String>::new());
    assert_eq!(home.ask(STATUSES).await, "equal,13");
    let pairs = "SELECT from_table, to_table, sum(from_ids), sum(to_ids) FROM system.reconcile GROUP BY 1, 2 ORDER BY 1, 2";
    let expected = "bronze.labels,silver.labels,2,2\nbronze.transactions,silver.transactions,8,8\n\
                    silver.labels,gold.fact_transactions,2,2\nsilver.transactions,gold.fact_transactions,8,8\n\
                    silver.transactions,silver.decisions,8,8";
    assert_eq!(home.ask(pairs).await, expected);
    let amounts = "SELECT DISTINCT from_amounts = to_amounts, from_amounts FROM system.reconcile \
                   WHERE to_table = 'silver.decisions' AND event_date = DATE '1970-01-02'";
    assert_eq!(home.ask(amounts).await, "true,\"{\"\"EUR\"\":7996}\"");
    assert!(reconcile(&home).await.unwrap().dates.is_empty());

    home.land("transactions", "0", &orders(9..=9));
    home.land("decisions", "0", &decisions(9..=9));
    commit(&home).await;
    silver(&home).await;
    let late = job(&home, "reconcile", &JobOptions { waiting: Some(AGES), ..JobOptions::default() }).await;
    let late = late.unwrap();
    assert_eq!(late.dates.into_iter().collect::<Vec<_>>(), ["1970-01-03"]);
    assert_eq!(late.notes.len(), 1, "{:?}", late.notes);
    assert!(
        late.notes[0].contains("1 of silver.transactions wait for gold.fact_transactions"),
        "{:?}",
        late.notes
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_without_a_decision_waits_until_it_is_too_old() {
    let home = Home::new();
    home.land("transactions", "0", &orders(1..=3));
    home.land("decisions", "0", &decisions(1..=2));
    commit(&home).await;
    let patient = JobOptions { waiting: Some(AGES), ..JobOptions::default() };
    let report = job(&home, "reconcile", &patient).await.unwrap();
    assert!(report.notes.iter().any(|note| note.contains("`weir job silver`")), "{:?}", report.notes);
    silver(&home).await;
    let report = job(&home, "reconcile", &patient).await.unwrap();
    assert_eq!(report.notes.len(), 1, "{:?}", report.notes);
    assert!(
        report.notes[0].contains("1 of silver.transactions wait for silver.decisions"),
        "{:?}",
        report.notes
    );
    // Nothing has changed, and yet it is looked at again: it is older now.
    let lost = format!("{:#}", reconcile(&home).await.unwrap_err());
    assert!(lost.contains("1 of 3 of `silver.transactions` are missing in `silver.decisions`"), "{lost}");
    assert!(lost.contains("weir dead-letters list"), "{lost}");
    let failed = "SELECT count(*) FROM system.job_runs WHERE job = 'reconcile' AND status = 'failed'";
    assert_eq!(home.ask(failed).await, "1");

    home.land("decisions", "0", &decisions(3..=4));
    commit(&home).await;
    let surplus = format!("{:#}", reconcile(&home).await.unwrap_err());
    assert!(surplus.contains("1 of 1 of `silver.decisions` are not in `silver.transactions`"), "{surplus}");
    home.land("transactions", "0", &orders(4..=4));
    commit(&home).await;
    silver(&home).await;
    assert!(reconcile(&home).await.unwrap().notes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_table_loses_is_found_and_told_until_it_is_back() {
    let home = filled().await;
    reconcile(&home).await.unwrap();
    lose(&home, TableName::SilverTransactions, "1970-01-02").await;
    for _ in 0..2 {
        let lost = format!("{:#}", reconcile(&home).await.unwrap_err());
        assert!(
            lost.contains("1970-01-02: 4 of 4 of `bronze.transactions` are missing in `silver.transactions`"),
            "{lost}"
        );
        assert!(!lost.contains("1970-01-01") && !lost.contains("1970-01-03"), "{lost}");
    }
    let last = "SELECT count(*) FROM system.reconcile WHERE status = 'lost' AND missing = 4";
    assert_eq!(home.ask(last).await, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn facts_that_are_gone_are_made_again_by_the_command_that_is_named() {
    let home = filled().await;
    lose(&home, TableName::FactTransactions, "1970-01-02").await;
    let lost = format!("{:#}", reconcile(&home).await.unwrap_err());
    assert!(lost.contains("weir job star --date 1970-01-02"), "{lost}");
    let dates = Some(["1970-01-02".to_owned()].into());
    job(&home, "star", &JobOptions { dates, ..JobOptions::default() }).await.unwrap();
    assert!(reconcile(&home).await.unwrap().notes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn repeated_records_and_an_id_used_again_are_no_loss() {
    let home = Home::new();
    home.land("transactions", "0", &orders(1..=4));
    // The same once more, and an id again for another day.
    let again = [
        (5, 900_000, transaction("order-1", DAY / 4, 1_999)),
        (6, 900_000, transaction("order-2", 9 * DAY, 5)),
    ];
    home.land("transactions", "0", &again);
    home.land("decisions", "0", &decisions(1..=4));
    commit(&home).await;
    silver(&home).await;
    reconcile(&home).await.unwrap();
    let repeated = "SELECT rows_read, from_ids, to_ids, missing FROM system.reconcile \
                    WHERE from_table = 'bronze.transactions' AND event_date = DATE '1970-01-01'";
    assert_eq!(home.ask(repeated).await, "4,3,3,0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_and_named_dates_leave_the_next_run_its_work() {
    let home = filled().await;
    let dry = JobOptions { dry_run: true, ..JobOptions::default() };
    assert_eq!(job(&home, "reconcile", &dry).await.unwrap().rows_written, 0);
    let dates = Some(["1970-01-02".to_owned()].into());
    let named = job(&home, "reconcile", &JobOptions { dates, ..JobOptions::default() }).await.unwrap();
    assert_eq!(named.dates.into_iter().collect::<Vec<_>>(), ["1970-01-02"]);
    assert!(reconcile(&home).await.unwrap().dates.len() >= 3);
}
