//! Pages and their data.

use std::sync::Arc;

use serde_json::Value;
use weir_dashboard::{Board, Found};
use weir_events::{Label, LabelSource, Outcome, Timestamp};

use crate::made_up::{FEATURES, decision};
use crate::served::get;

fn found(id: &str, outcome: Outcome) -> Found {
    let feature_names = FEATURES.map(str::to_owned).to_vec();
    Found { decision: decision(id, outcome), label: None, feature_names }
}

fn board() -> Arc<Board> {
    Arc::new(Board::new())
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    for path in [
        "/",
        "/page.css",
        "/page.js",
        "/charts.js",
        "/icon.svg",
        "/api/alerts",
        "/decisions/none",
        "/api/decisions/none",
    ] {
        let answer = get(&board(), vec![], path).await;
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("script-src 'self'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(answer.headers["x-content-type-options"], "nosniff", "{path}");
        assert!(!answer.body.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn pages_hold_nothing_inline_and_nothing_from_elsewhere() {
    for path in ["/", "/decisions/a", "/decisions/none"] {
        let body = get(&board(), vec![found("a", Outcome::Decline)], path).await.body;
        for forbidden in ["<style", "style=", "onclick", "http://", "https://", "<script>"] {
            assert!(!body.contains(forbidden), "{path} holds `{forbidden}`");
        }
    }
}

#[tokio::test]
async fn alerts_are_listed_with_their_reasons() {
    let board = board();
    board.record(&decision("first", Outcome::Review));
    board.record(&decision("second", Outcome::Decline));
    let alerts: Value = serde_json::from_str(&get(&board, vec![], "/api/alerts").await.body).unwrap();
    assert_eq!(alerts[0]["transaction_id"], "second");
    assert_eq!(alerts[1]["outcome"], "review");
    assert!(alerts[0]["reasons"][0]["text"].as_str().unwrap().contains("cards from this device"));
}

#[tokio::test]
async fn a_decision_page_says_why_in_words_and_names_the_vector() {
    let body = get(&board(), vec![found("a", Outcome::Decline)], "/decisions/a").await.body;
    for expected in [
        "cards from this device in the last hour",
        "device_distinct_cards_1h",
        "merchant_fraud_rate_7d_delayed",
        "missing",
        "base@91c2aa07",
        "after 2.5 ms",
        "Not known yet",
        "+1.",
        "-0.57",
    ] {
        assert!(body.contains(expected), "no `{expected}` in {body}");
    }
}

#[tokio::test]
async fn an_approved_decision_says_where_its_reasons_are() {
    let body = get(&board(), vec![found("a", Outcome::Approve)], "/decisions/a").await.body;
    assert!(body.contains("Approved: reasons are computed for review and decline"));
}

#[tokio::test]
async fn a_label_is_shown_once_it_is_known() {
    let mut labelled = found("a", Outcome::Review);
    labelled.label = Some(Label {
        schema_version: 1,
        transaction_id: "a".to_owned(),
        is_fraud: true,
        known_at: Timestamp::from_seconds(1_790_600_000),
        source: LabelSource::Chargeback,
    });
    let body = get(&board(), vec![labelled.clone()], "/decisions/a").await.body;
    assert!(body.contains("turned out fraud") && body.contains("a chargeback"), "{body}");
    let json = get(&board(), vec![labelled], "/api/decisions/a").await.body;
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["decision"]["transaction_id"], &json["label"]["is_fraud"]),
        (&"a".into(), &true.into())
    );
}

#[tokio::test]
async fn an_id_from_outside_stays_text() {
    let id = "<script>alert('x')</script>\"/";
    let mut hostile = found(id, Outcome::Decline);
    hostile.decision.reasons[0].text = "<img src=x onerror=alert(1)>".to_owned();
    hostile.decision.scores[0].model = "<b>model</b>".to_owned();
    hostile.feature_names[0] = "<i>amount".to_owned();
    let path = "/decisions/%3Cscript%3Ealert('x')%3C%2Fscript%3E%22%2F";
    let body = get(&board(), vec![hostile], path).await.body;
    for forbidden in ["<script>alert", "<img src=x", "<b>model", "<i>amount"] {
        assert!(!body.contains(forbidden), "`{forbidden}` in {body}");
    }
    assert!(body.contains("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&quot;/"));
    let missing = get(&board(), vec![], path).await;
    assert_eq!(missing.status, 404);
    assert!(missing.body.contains("&lt;script&gt;") && !missing.body.contains("<script>"));
}

#[tokio::test]
async fn a_full_pseudonym_is_on_no_page() {
    let found = found("a", Outcome::Decline);
    let keys: Vec<_> = found.decision.ordinals.iter().map(|read| read.entity.to_string()).collect();
    let body = get(&board(), vec![found], "/decisions/a").await.body;
    assert!(keys.iter().all(|key| !body.contains(key)));
}

#[tokio::test]
async fn the_search_field_leads_to_the_decision() {
    let answer = get(&board(), vec![], "/decisions?id=%20a%2Fb%20").await;
    assert_eq!(
        (answer.status.as_u16(), &answer.headers["location"]),
        (303, &"/decisions/a%2Fb".parse().unwrap())
    );
    assert_eq!(get(&board(), vec![], "/decisions").await.headers["location"], "/");
}

#[tokio::test]
async fn a_store_that_fails_is_said_without_its_words() {
    for path in ["/decisions/broken", "/api/decisions/broken"] {
        let answer = get(&board(), vec![], path).await;
        assert_eq!(answer.status, 503);
        assert!(answer.body.contains("did not answer") && !answer.body.contains("secret"), "{}", answer.body);
    }
    assert_eq!(get(&board(), vec![], "/api/decisions/none").await.status, 404);
}
