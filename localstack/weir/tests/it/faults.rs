//! Bad input and bad days, as the program's users meet them.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use serde_json::{Value, json};

use crate::support::{PATIENCE, Running, number, sql, succeed, wait_for, weir};

const NDJSON: &str = "application/x-ndjson";
const JSON: &str = "application/json";

fn order(id: &str, occurred_at: &str) -> Value {
    json!({
        "transaction_id": id, "customer_id": "c-1", "merchant_id": "m-1", "occurred_at": occurred_at,
        "amount_minor": 1_250, "currency": "EUR",
    })
}

fn now() -> String {
    chrono::DateTime::from_timestamp_millis(
        std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_millis() as i64,
    )
    .unwrap()
    .to_rfc3339()
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_bodies_are_refused_and_the_good_items_among_them_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let system = Running::start(&home, &[]).await;
    let mut deep = "[".repeat(200_000);
    deep.push_str(&"]".repeat(200_000));
    for (body, status) in [
        (Vec::new(), 400),
        (vec![0xff; 4_096], 400),
        (b"{\"transaction_id\":".to_vec(), 400),
        (deep.into_bytes(), 400),
        (vec![b'x'; 10 << 20], 413),
    ] {
        let size = body.len();
        let (found, answer) = system.post("/transactions", JSON, body).await.unwrap();
        assert_eq!(found, status, "a body of {size} bytes: {answer}");
    }
    let mut wrong = order("wrong", &now());
    wrong["amount_minor"] = json!("a lot");
    let body = format!("{}\n{wrong}\n{}\n", order("first", &now()), order("last", &now()));
    let (status, answer) = system.post("/transactions", NDJSON, body.into_bytes()).await.unwrap();
    assert_eq!((status, &answer["accepted"]), (202, &json!(2)), "{answer}");
    assert_eq!(answer["rejected"][0]["line"], 2, "{answer}");
    assert_eq!(answer["rejected"][0]["field"], "amount_minor", "{answer}");
    assert!(!answer.to_string().contains("a lot"), "a value stands in the answer: {answer}");
    wait_for(&home, "SELECT count(*) FROM silver.decisions", 2).await;
    assert!(system.interrupt().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_times_are_decided_and_marked_and_a_label_may_come_first() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let system = Running::start(&home, &[]).await;
    let label = json!({"transaction_id": "labelled", "is_fraud": true, "known_at": now()});
    let (status, answer) = system.post("/labels", JSON, label.to_string().into_bytes()).await.unwrap();
    assert_eq!(status, 202, "{answer}");
    for (id, at) in
        [("future", "2099-01-01T00:00:00Z"), ("past", "1970-01-01T00:00:00Z"), ("labelled", &now())]
    {
        let body = order(id, at).to_string().into_bytes();
        let (status, answer) = system.post("/score", JSON, body).await.unwrap();
        assert_eq!(status, 200, "{id}: {answer}");
    }
    let marks = |answer: Value| answer["decision"]["marks"].clone();
    assert_eq!(marks(system.get("/decisions/future").await.unwrap().1), json!(["clock"]));
    assert_eq!(marks(system.get("/decisions/past").await.unwrap().1), json!(["late"]));
    let mut effects = 0;
    for _ in 0..100 {
        let (_, answer) = system.get("/decisions/labelled").await.unwrap();
        assert_eq!(answer["decision"]["marks"], json!([]), "{answer}");
        effects = usize::from(answer["label"]["is_fraud"] == true);
        if effects == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(effects, 1, "the label that came first is not with its transaction");
    wait_for(&home, "SELECT count(*) FROM silver.label_effects", 1).await;
    assert!(system.interrupt().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_id_again_answers_the_first_decision_and_other_content_is_a_dead_letter() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let system = Running::start(&home, &[]).await;
    let first = order("same", &now());
    let (status, decided) = system.post("/score", JSON, first.to_string().into_bytes()).await.unwrap();
    assert_eq!(status, 200, "{decided}");
    let (status, again) = system.post("/score", JSON, first.to_string().into_bytes()).await.unwrap();
    assert_eq!(status, 200, "{again}");
    assert_eq!(again["decided_at"], decided["decided_at"]);
    let mut other = first.clone();
    other["amount_minor"] = json!(999_999);
    let (status, answer) = system.post("/score", JSON, other.to_string().into_bytes()).await.unwrap();
    assert_eq!(status, 409, "{answer}");
    let mut letters = Vec::new();
    for _ in 0..100 {
        let text = succeed(&home, &["dead-letters", "list", "--json"]);
        letters = serde_json::from_str::<Value>(&text).unwrap()["dead_letters"].as_array().unwrap().clone();
        if !letters.is_empty() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(letters.len(), 1, "{letters:?}");
    assert_eq!(letters[0]["reason"], "id_reused");
    wait_for(&home, "SELECT count(*) FROM silver.transactions", 1).await;
    assert_eq!(sql(&home, "SELECT amount_minor FROM silver.transactions").len(), 1);
    assert!(system.interrupt().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_port_in_use_and_a_home_in_use_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let system = Running::start(&home, &[]).await;
    let taken = system.base.trim_start_matches("http://").to_owned();

    let output = weir(&folder.path().join("other"), &["run", "--ingest-listen", &taken]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("--ingest-listen") && text.contains(&taken), "{text}");

    let output = weir(&home, &["run", "--ingest-listen", "127.0.0.1:0", "--page-listen", "127.0.0.1:0"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("in use by process"), "{text}");
    assert!(system.interrupt().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_answers_on_this_machine_only() {
    let folder = tempfile::tempdir().unwrap();
    let system = Running::start(&folder.path().join("home"), &[]).await;
    let http = reqwest::Client::new();
    assert_eq!(http.get(&system.page).send().await.unwrap().status(), 200);
    let foreign = http.get(&system.page).header("host", "shop.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
    assert!(system.interrupt().success());
}

#[test]
fn an_address_that_others_reach_needs_a_key() {
    let folder = tempfile::tempdir().unwrap();
    let output = weir(&folder.path().join("home"), &["run", "--ingest-listen", "0.0.0.0:0"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("[[ingest.keys]]"), "{text}");
}

#[test]
fn a_home_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "in the way").unwrap();
    let output = weir(&file.join("home"), &["demo", "--exit"]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("--home") && text.contains("file"), "{text}");

    let locked = folder.path().join("locked");
    std::fs::create_dir(&locked).unwrap();
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o555)).unwrap();
    if std::fs::write(locked.join("probe"), "").is_err() {
        let output = weir(&locked, &["demo", "--exit"]);
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{text}");
        assert!(text.contains("--home"), "{text}");
    }
}

#[test]
fn half_a_model_file_is_refused_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("half.json");
    let whole = weir_training::DEMO_MODEL;
    std::fs::write(&model, &whole[..whole.len() / 2]).unwrap();
    let listen = ["--ingest-listen", "127.0.0.1:0", "--page-listen", "127.0.0.1:0"];
    let arguments = [&["run", "--model", model.to_str().unwrap()], listen.as_slice()].concat();
    let output = weir(&folder.path().join("home"), &arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("half.json"), "{text}");
}

#[test]
fn an_unknown_setting_is_named_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("weir.toml");
    std::fs::write(&config, "currency = \"EUR\"\ncurency = \"EUR\"\n").unwrap();
    let output = weir(&folder.path().join("home"), &["run", "--config", config.to_str().unwrap()]);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains("curency") && text.contains("line 2"), "{text}");
}

/// A consumer that has to read again what was damaged meanwhile goes on behind it and tells of it; what was decided
/// stays decided, once.
#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_log_is_passed_and_told() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    succeed(&home, &["demo", "--transactions", "300", "--exit"]);
    let log = home.join("log");
    std::fs::remove_file(log.join("checkpoints/score")).unwrap();
    let segment = log.join("streams/transactions/0/00000000000000000001.log");
    let mut bytes = std::fs::read(&segment).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 40].fill(0);
    std::fs::write(&segment, bytes).unwrap();

    let system = Running::start(&home, &[]).await;
    let gaps = "weir_consumer_gaps_total{consumer=\"score\",stream=\"transactions\"} 1";
    let waited = std::time::Instant::now();
    while !system.text("/metrics").await.contains(gaps) {
        assert!(waited.elapsed() < PATIENCE, "no gap was told");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let output = weir(&home, &["doctor"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.contains("damaged places") && !output.status.success(), "{text}");
    assert!(system.text("/status").await.contains("transactions"), "the place is named");
    succeed(&home, &["send", "--generate", "50", "--rate", "50", "--no-labels", "--decided"]);
    assert!(system.interrupt().success());
    assert_eq!(number(&home, "SELECT count(*) FROM silver.decisions"), 350);
    assert_eq!(number(&home, "SELECT count(DISTINCT transaction_id) FROM silver.decisions"), 350);
}
