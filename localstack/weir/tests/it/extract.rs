//! Days from a source into the lake.

use std::path::{Path, PathBuf};

use axum::Router;
use axum::extract::Query;
use axum::http::{HeaderMap, StatusCode};
use serde_json::Value;

use crate::support::{command, number, succeed, weir};

const SECRET: &str = "s3cr3t-t0ken";
const MAPPING: &str = "[fields]\ntransaction_id = \"id\"\ncustomer_id = \"customer.id\"\noccurred_at = \"at\"\n\
    amount_minor = { column = \"total\", unit = \"major\" }\n[columns]\nothers = \"drop\"\n";

#[derive(serde::Deserialize)]
struct Asked {
    day: String,
    page: usize,
}

/// Two pages a day of two orders each, for whoever has the token.
async fn orders(headers: HeaderMap, Query(asked): Query<Asked>) -> (StatusCode, String) {
    if headers.get("authorization").is_none_or(|value| value != format!("Bearer {SECRET}").as_str()) {
        return (StatusCode::UNAUTHORIZED, String::new());
    }
    let order = |number: usize| {
        let at = format!("{}T0{number}:00:00Z", asked.day);
        serde_json::json!({ "id": format!("{}-{number}", asked.day), "customer": { "id": number }, "at": at, "total": 12.30 })
    };
    let orders =
        if asked.page <= 2 { vec![order(asked.page * 2), order(asked.page * 2 + 1)] } else { Vec::new() };
    (StatusCode::OK, serde_json::json!({ "data": orders }).to_string())
}

fn serve() -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    listener.set_nonblocking(true).unwrap();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let router = Router::new().route("/orders", axum::routing::get(orders));
            axum::serve(tokio::net::TcpListener::from_std(listener).unwrap(), router).await
        })
    });
    address
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn a_day_is_fetched_once_and_what_is_wrong_is_told_without_secrets() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    written(folder.path(), "theirs.toml", MAPPING);
    let text = format!(
        "[source]\nkind = \"http\"\nurl = \"http://{}/orders\"\nformat = \"json\"\nrecords = \"/data\"\n\
         query = {{ day = \"{{date}}\" }}\npages = {{ parameter = \"page\" }}\n[source.headers]\n\
         Authorization = {{ environment = \"SHOP_TOKEN\", prefix = \"Bearer \" }}\n[import]\nmapping = \"theirs.toml\"\n",
        serve()
    );
    let source = written(folder.path(), "shop.toml", &text).to_string_lossy().into_owned();
    let extract = |token: Option<&str>, more: &[&str]| {
        let mut command = command(&home);
        command.args(["extract", &source]).args(more).envs(token.map(|token| ("SHOP_TOKEN", token)));
        let output = command.output().unwrap();
        let told = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert!(!told.contains(SECRET), "{told}");
        (output.status.code().unwrap(), told)
    };
    let day = ["--date", "2026-11-22"];
    let (code, told) = extract(Some(SECRET), &["--date", "2026-11-22", "--dry-run"]);
    assert!(code == 0 && told.contains("/orders?day=2026-11-22&page=1"), "{told}");
    assert!(!home.exists());
    let (code, told) = extract(None, &day);
    assert!(code == 2 && told.contains("`SHOP_TOKEN` is not set"), "{code} {told}");
    let (code, told) = extract(Some("wrong"), &day);
    assert!(code == 1 && told.contains("127.0.0.1") && told.contains("401"), "{code} {told}");
    let (code, told) = extract(Some(SECRET), &["--from", "2026-11-21", "--to", "2026-11-22"]);
    assert!(code == 0 && told.contains("2026-11-22: 4 transactions"), "{told}");
    let (code, told) = extract(Some(SECRET), &day);
    assert!(code == 0 && told.contains("was imported before, nothing was added"), "{told}");
    assert_eq!(number(&home, "SELECT count(*) FROM silver.transactions"), 8);
    assert_eq!(number(&home, "SELECT sum(amount_minor) FROM silver.transactions"), 8 * 1_230);
    let left = std::fs::read_dir(home.join("extract")).map_or(0, Iterator::count);
    assert_eq!(left, 0, "what was fetched is deleted once it is imported");
}

#[test]
fn a_days_files_of_a_folder_are_imported() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let csv = "Transaction ID,Customer ID,Transaction Amount,Transaction Date\n\
               t-1,c-1,1.00,2026-11-22 08:00:00\nt-2,c-1,wrong,2026-11-22 08:00:00\n";
    written(folder.path(), "out/2026-11-22/a.csv", csv);
    let text = "[source]\nkind = \"objects\"\nurl = \"out/{date}/\"\nending = \".csv\"\n";
    let source = written(folder.path(), "daily.toml", text).to_string_lossy().into_owned();
    let answer = succeed(
        &home,
        &["extract", &source, "--date", "2026-11-22", "--json", "--max-rejected-share", "0.5"],
    );
    let results: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(results[0]["imported"][0]["transactions"], 1, "{answer}");
    let kept = results[0]["kept"].as_str().unwrap();
    assert!(Path::new(kept).is_dir(), "rejected rows can be looked at");
    let missing = weir(&home, &["extract", &source, "--from", "2026-11-22", "--to", "2026-11-23"]);
    assert_eq!(missing.status.code(), Some(1));
    let told = String::from_utf8_lossy(&missing.stderr).into_owned();
    assert!(told.contains("2026-11-23") && told.contains("may_be_empty"), "{told}");
}
