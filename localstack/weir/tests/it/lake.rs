//! The lake's commands, killed at random: whatever is left, tables can be read and the next run makes them whole.

use std::fmt::Write;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use crate::support::{command, number, succeed, weir};

/// Kills of each command.
const KILLS: u64 = 20;

/// A file of so many rows over thirty days.
fn file(folder: &Path, rows: std::ops::Range<u32>) -> String {
    let mut text =
        "Transaction ID,Customer ID,Transaction Amount,Transaction Date,Customer Location,Is Fraudulent\n"
            .to_owned();
    for row in rows.clone() {
        let (day, hour) = (1 + row % 30, row % 24);
        let (customer, place) = (row % 400, row % 3);
        writeln!(
            text,
            "t-{row},c-{customer},{row}.50,2024-01-{day:02} {hour:02}:00:00,P{place},{}",
            u32::from(row.is_multiple_of(9))
        )
        .unwrap();
    }
    let path = folder.join(format!("{}.csv", rows.start));
    std::fs::write(&path, text).unwrap();
    path.to_string_lossy().into_owned()
}

/// Starts a command and kills it after a while; whether it was still running.
pub(crate) fn kill(home: &Path, arguments: &[&str], after: Duration) -> bool {
    let mut child =
        command(home).args(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    std::thread::sleep(after);
    let was_running = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    was_running
}

/// Kills a command again and again, a little later each time, in the end after `last`; answers how often it was still
/// running.
fn kill_often(home: &Path, arguments: &[&str], last: Duration) -> u64 {
    let moment = |round: u64| last * round as u32 / KILLS as u32;
    (1..=KILLS).map(|round| u64::from(kill(home, arguments, moment(round)))).sum()
}

/// How long a command takes that nobody kills.
fn time(home: &Path, arguments: &[&str]) -> Duration {
    let begun = Instant::now();
    succeed(home, arguments);
    begun.elapsed()
}

#[test]
fn what_was_killed_is_gone_on_from_and_whole() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let first = file(folder.path(), 0..6_000);
    let import = ["import", &first, "--block-rows", "500"];
    let star = ["job", "star"];
    // What is done to one home is timed on another, so that kills fall into the work however fast the machine is.
    let twin = folder.path().join("twin");
    // Each import goes on where the one before was killed.
    let killed = kill_often(&home, &import, time(&twin, &import) / 2);
    assert!(killed >= 5, "only {killed} imports were killed");
    succeed(&home, &import);
    assert_eq!(number(&home, "SELECT count(*) FROM silver.transactions"), 6_000);
    assert_eq!(number(&home, "SELECT count(DISTINCT transaction_id) FROM silver.transactions"), 6_000);
    assert_eq!(number(&home, "SELECT count(*) FROM silver.labels"), 6_000);

    let killed = kill_often(&home, &star, time(&twin, &star));
    assert!(killed >= 5, "only {killed} jobs were killed");
    succeed(&home, &star);
    succeed(&home, &["job", "check"]);
    let second = file(folder.path(), 6_000..7_000);
    succeed(&home, &["import", &second]);
    succeed(&twin, &["import", &second]);
    kill_often(&home, &star, time(&twin, &star));
    succeed(&home, &star);
    succeed(&home, &["job", "check"]);
    assert_eq!(number(&home, "SELECT count(*) FROM gold.fact_transactions"), 7_000);

    kill_often(&home, &["job", "maintain"], time(&twin, &["job", "maintain"]));
    succeed(&home, &["job", "check"]);
    succeed(&home, &["job", "maintain"]);
    succeed(&home, &["job", "check"]);
    succeed(&home, &["job", "reconcile"]);
    let again = succeed(&home, &import);
    assert!(again.contains("nothing was added"), "{again}");
}

#[test]
fn wrong_usage_is_told_from_failure() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let no_lake = weir(&home, &["job", "star"]);
    assert_eq!(no_lake.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&no_lake.stderr).contains("weir import"));
    assert_eq!(weir(&home, &["job", "stars"]).status.code(), Some(2));
    assert_eq!(weir(&home, &["import", "nothing.csv"]).status.code(), Some(1));
    assert_eq!(weir(&home, &["import", "nothing.csv", "--currency", "JPY"]).status.code(), Some(2));
    let list = succeed(&home, &["sql", "--list"]);
    assert_eq!(list.lines().count(), 12, "{list}");
}
