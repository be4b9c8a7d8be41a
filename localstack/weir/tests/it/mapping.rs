//! A file that nobody has explained: guess, check, use.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::{Running, number, succeed, wait_for, weir};

fn sample(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/samples").join(name)
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

#[test]
fn a_guessed_mapping_checks_without_a_change() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    for name in ["sparkov_style.csv", "paysim_style.csv", "german_shop.csv", "shop_13_columns.csv"] {
        let (file, mapping) = (sample(name), folder.path().join(format!("{name}.toml")));
        succeed(&home, &["mapping", "guess", text(&file), "--output", text(&mapping)]);
        let answer =
            succeed(&home, &["mapping", "check", text(&file), "--mapping", text(&mapping), "--json"]);
        let answer: Value = serde_json::from_str(&answer).unwrap();
        assert_eq!(answer["rows"], answer["accepted"], "{answer}");
        assert_eq!(answer["shown"][0]["customer_id"], "‹set›", "{answer}");
        let again = weir(&home, &["mapping", "guess", text(&file), "--output", text(&mapping)]);
        assert_eq!(again.status.code(), Some(1), "a mapping is not written over");
    }
    assert!(!home.exists(), "a mapping needs no home");
}

#[test]
fn a_mapping_that_is_wrong_exits_2_and_too_many_rejects_exit_1() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let (file, mapping) = (folder.path().join("theirs.csv"), folder.path().join("theirs.toml"));
    std::fs::write(&file, "id,who,when,amount\n1,c,2026-01-01 00:00:00,1\n2,c,2026-01-01 00:00:00,x\n")
        .unwrap();
    let fields = "[fields]\ntransaction_id = \"id\"\ncustomer_id = \"who\"\noccurred_at = \"when\"\n";
    std::fs::write(&mapping, format!("{fields}amount_minor = \"amonut\"\n")).unwrap();
    let output = folder.path().join("model.json");
    for command in [
        vec!["mapping", "check", text(&file), "--mapping", text(&mapping)],
        vec!["train", text(&file), "--mapping", text(&mapping), "--output", text(&output)],
        vec!["train", "--generate", "--mapping", text(&mapping), "--output", text(&output)],
    ] {
        let wrong = weir(&home, &command);
        let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
        assert_eq!(wrong.status.code(), Some(2), "{told}");
        assert!(
            told.contains("--generate") || (told.contains("line 5") && told.contains("`amount`")),
            "{told}"
        );
    }

    std::fs::write(&mapping, format!("{fields}amount_minor = \"amount\"\n")).unwrap();
    let check = ["mapping", "check", text(&file), "--mapping", text(&mapping)];
    let failed = weir(&home, &check);
    assert_eq!(failed.status.code(), Some(1));
    let told = String::from_utf8_lossy(&failed.stdout).into_owned();
    assert!(told.contains("1 rejected for `amount_minor`, first line 3"), "{told}");
    succeed(&home, &[&check[..], &["--max-rejected-share", "0.5"]].concat());
    let train = ["train", text(&file), "--mapping", text(&mapping), "--output", text(&output)];
    let failed = weir(&home, &train);
    let told = String::from_utf8_lossy(&failed.stderr).into_owned();
    assert_eq!(failed.status.code(), Some(1));
    assert!(told.contains("1 of 2 rows could not be read") && !output.exists(), "{told}");
    let wrong = weir(&home, &[&check[..], &["--max-rejected-share", "2"]].concat());
    assert_eq!(wrong.status.code(), Some(2));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_with_a_guessed_mapping_is_sent_and_its_labels_are_known_when_it_says() {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("home");
    let (file, mapping) = (folder.path().join("german_shop.csv"), folder.path().join("theirs.toml"));
    std::fs::copy(sample("german_shop.csv"), &file).unwrap();
    succeed(&home, &["mapping", "guess", text(&file), "--output", text(&mapping)]);
    let system = Running::start(&home, &[("WEIR_CURRENCY", "EUR")]).await;
    let answer = succeed(&home, &["send", text(&file), "--mapping", text(&mapping), "--json"]);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    assert_eq!((&answer["unreadable"], &answer["result"]["accepted"]), (&0.into(), &200.into()), "{answer}");
    wait_for(&home, "SELECT count(*) FROM silver.labels", 200).await;
    wait_for(&home, "SELECT count(*) FROM silver.transactions", 200).await;
    let days = "SELECT count(*) FROM silver.labels l JOIN silver.transactions t \
                ON l.transaction_id = t.transaction_id WHERE l.is_fraud AND \
                l.known_at = date_trunc('day', t.occurred_at) + INTERVAL '21 days'";
    assert_eq!(number(&home, days), 6);
    assert!(system.interrupt().success());
}
