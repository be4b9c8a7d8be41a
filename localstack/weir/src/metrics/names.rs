//! Every metric: its name, what kind it is, its labels, what it means. Names end in their unit.

use super::metric::Kind::{Counter, Gauge, Histogram};
use super::metric::Metric;

pub(super) const BUILD: Metric =
    Metric::new("weir_build_info", Gauge, &["version"], "1; the version that runs.");

pub(super) const HTTP_REQUESTS: Metric = Metric::new(
    "weir_http_requests_total",
    Counter,
    &["route", "status"],
    "Requests answered, by route and status.",
);
pub(crate) const HTTP_SECONDS: Metric = Metric::new(
    "weir_http_request_seconds",
    Histogram,
    &["route"],
    "Time from the head of a request to its answer, its body read in between.",
);
pub(crate) const HTTP_SENT_AWAY: Metric =
    Metric::new("weir_http_sent_away_total", Counter, &[], "Requests told to come back later (429).");
pub(crate) const HTTP_IN_FLIGHT: Metric =
    Metric::new("weir_http_in_flight_bytes", Gauge, &[], "Bytes of bodies in work.");
pub(crate) const HTTP_IN_FLIGHT_LIMIT: Metric = Metric::new(
    "weir_http_in_flight_limit_bytes",
    Gauge,
    &[],
    "Bytes of bodies that may be in work before requests are sent away.",
);

pub(crate) const TRANSACTIONS: Metric =
    Metric::new("weir_transactions_accepted_total", Counter, &[], "Transactions taken in: they are durable.");
pub(crate) const TRANSACTIONS_REJECTED: Metric =
    Metric::new("weir_transactions_rejected_total", Counter, &[], "Transactions refused for what they are.");
pub(super) const LABELS: Metric = Metric::new("weir_labels_accepted_total", Counter, &[], "Labels taken in.");
pub(super) const LABELS_REJECTED: Metric =
    Metric::new("weir_labels_rejected_total", Counter, &[], "Labels refused for what they are.");

pub(crate) const DECISIONS: Metric =
    Metric::new("weir_decisions_total", Counter, &["outcome"], "Decisions committed, by outcome.");
pub(crate) const DECISION_SECONDS: Metric = Metric::new(
    "weir_decision_seconds",
    Histogram,
    &[],
    "Time from the arrival of a transaction to its committed decision.",
);
pub(super) const REPEATED: Metric = Metric::new(
    "weir_repeated_total",
    Counter,
    &[],
    "Transactions delivered again that had their decision already.",
);
pub(crate) const DEAD_LETTERS: Metric =
    Metric::new("weir_dead_letters_total", Counter, &["reason"], "Records set aside, by reason.");
pub(super) const LABELS_STORED: Metric =
    Metric::new("weir_labels_stored_total", Counter, &[], "Labels stored with their transactions.");
pub(super) const LABEL_EFFECTS: Metric =
    Metric::new("weir_label_effects_total", Counter, &[], "Changes that labels made to states.");
pub(crate) const CONFLICTS: Metric = Metric::new(
    "weir_conflicts_total",
    Counter,
    &[],
    "Commits done again since somebody else wrote in between.",
);
pub(crate) const FAILED_BATCHES: Metric =
    Metric::new("weir_failed_batches_total", Counter, &[], "Batches handed back, to be delivered again.");

pub(crate) const LAG: Metric = Metric::new(
    "weir_consumer_lag_records",
    Gauge,
    &["consumer", "stream"],
    "Records that a consumer has still before it.",
);
pub(crate) const AGE: Metric = Metric::new(
    "weir_consumer_age_seconds",
    Gauge,
    &["consumer", "stream"],
    "How long ago the record came that a consumer worked on last; 0 if nothing waits.",
);
pub(super) const CONSUMED: Metric = Metric::new(
    "weir_consumer_records_total",
    Counter,
    &["consumer", "stream"],
    "Records that a consumer of a stream is done with.",
);
pub(super) const CALLS: Metric = Metric::new(
    "weir_consumer_calls_total",
    Counter,
    &["consumer", "stream"],
    "Batches given to a consumer.",
);
pub(crate) const FAILURES: Metric = Metric::new(
    "weir_consumer_failures_total",
    Counter,
    &["consumer", "stream"],
    "Batches that failed, in whole or in part, and were tried again.",
);
pub(super) const GAPS: Metric = Metric::new(
    "weir_consumer_gaps_total",
    Counter,
    &["consumer", "stream"],
    "Places that could never be read and were passed; `/status` names them.",
);
pub(super) const GIVEN_UP: Metric = Metric::new(
    "weir_consumer_given_up_total",
    Counter,
    &["consumer", "stream"],
    "Records set aside after as many tries as the settings say.",
);

pub(super) const LOG_RECORDS: Metric =
    Metric::new("weir_log_records_total", Counter, &["stream"], "Records written to the log.");
pub(super) const LOG_WRITTEN: Metric =
    Metric::new("weir_log_written_bytes_total", Counter, &["stream"], "Bytes written to the log.");
pub(super) const LOG_SYNCS: Metric =
    Metric::new("weir_log_syncs_total", Counter, &["stream"], "Syncs of the log.");
pub(super) const LOG_SYNC_SECONDS: Metric = Metric::new(
    "weir_log_sync_seconds_total",
    Counter,
    &["stream"],
    "Time that syncs of the log took; shards sync side by side.",
);
pub(crate) const LOG_LONGEST_SYNC: Metric = Metric::new(
    "weir_log_longest_sync_seconds",
    Gauge,
    &["stream"],
    "The longest sync of the log since the start.",
);
pub(super) const LOG_REMOVED: Metric = Metric::new(
    "weir_log_segments_removed_total",
    Counter,
    &["stream"],
    "Segments of the log removed by retention.",
);
pub(crate) const LOG_QUEUE: Metric =
    Metric::new("weir_log_queue_requests", Gauge, &[], "Publishers that wait for the log's writer.");

pub(super) const STORE_COMMITS: Metric =
    Metric::new("weir_store_commits_total", Counter, &[], "Commits to the store.");
pub(super) const STORE_WRITES: Metric = Metric::new(
    "weir_store_writes_total",
    Counter,
    &[],
    "Groups of commits written, one sync each where durability is `power`.",
);
pub(super) const STORE_WRITE_SECONDS: Metric = Metric::new(
    "weir_store_write_seconds_total",
    Counter,
    &[],
    "Time that writing groups of commits took, syncs in it.",
);
pub(crate) const STORE_LONGEST_WRITE: Metric = Metric::new(
    "weir_store_longest_write_seconds",
    Gauge,
    &[],
    "The longest write of a group since the start.",
);
pub(crate) const STORE_QUEUE: Metric =
    Metric::new("weir_store_queue_commits", Gauge, &[], "Commits that wait for the store's writer.");
pub(super) const STORE_DECISIONS: Metric =
    Metric::new("weir_store_decisions", Gauge, &[], "Transactions that have a decision.");
pub(super) const STORE_LABELS: Metric =
    Metric::new("weir_store_labels", Gauge, &[], "Transactions that have a label.");
pub(crate) const STORE_STATES: Metric =
    Metric::new("weir_store_states", Gauge, &[], "Entities that have a state.");
pub(crate) const OUTBOX: Metric =
    Metric::new("weir_store_outbox_entries", Gauge, &[], "Entries that the outbox keeps.");
pub(super) const SERVICES: Metric = Metric::new(
    "weir_services_total",
    Counter,
    &["service", "what"],
    "What services were asked and what it took: requests, units, records, retries, throttles, conflicts.",
);
pub(super) const STORE_BYTES: Metric = Metric::new(
    "weir_store_table_bytes",
    Gauge,
    &["table"],
    "Bytes of the store's tables, the journal aside.",
);

pub(super) const LAKE_PASSES: Metric = Metric::new(
    "weir_lake_passes_total",
    Counter,
    &["result"],
    "Passes of the jobs over the lake that were done or failed.",
);
pub(super) const LAKE_PASS_SECONDS: Metric =
    Metric::new("weir_lake_pass_seconds_total", Counter, &[], "Time that passes over the lake took.");
pub(crate) const LAKE_LAST_PASS: Metric =
    Metric::new("weir_lake_last_pass_seconds", Gauge, &[], "Time that the last pass took that was done.");
pub(crate) const LAKE_LAG: Metric = Metric::new(
    "weir_lake_lag_seconds",
    Gauge,
    &[],
    "What landed longer ago than this is in the tables: time since the last pass that was done began.",
);
pub(super) const LAKE_COMMITS: Metric =
    Metric::new("weir_lake_commits_total", Counter, &[], "Plans committed to the tables.");
pub(super) const LAKE_ROWS: Metric =
    Metric::new("weir_lake_rows_total", Counter, &["table"], "Rows committed to the tables.");

pub(crate) const HOME_BYTES: Metric = Metric::new(
    "weir_home_size_bytes",
    Gauge,
    &["folder"],
    "Size of the folders of the home, looked at every 15 seconds at most.",
);
pub(crate) const MEMORY: Metric =
    Metric::new("process_resident_memory_bytes", Gauge, &[], "Resident memory of the process.");
pub(super) const PROCESSOR: Metric =
    Metric::new("process_cpu_seconds_total", Counter, &[], "Processor time of the process.");
pub(crate) const FILES: Metric =
    Metric::new("process_open_fds", Gauge, &[], "Files and connections that the process has open.");
pub(crate) const FILES_LIMIT: Metric =
    Metric::new("process_max_fds", Gauge, &[], "How many of these it may have.");
pub(super) const STARTED: Metric =
    Metric::new("process_start_time_seconds", Gauge, &[], "When the process started, seconds since 1970.");
