//! Verdicts on pages of metrics.

use super::*;

fn looks(before: &str, now: &str) -> Vec<String> {
    let looks =
        Looks { before: Scrape::parse(before).unwrap(), now: Scrape::parse(now).unwrap(), seconds: 2.0 };
    looks.findings().iter().map(Finding::words).collect()
}

#[test]
fn a_quiet_system_is_fine_and_says_so() {
    let lines = looks("", "weir_lake_lag_seconds 3\n");
    assert!(lines.iter().all(|line| line.starts_with("ok    ")), "{lines:#?}");
    assert!(lines.iter().any(|line| line.contains("nothing was decided yet")));
}

#[test]
fn what_is_wrong_gets_a_line_that_says_what_to_do() {
    let page = |count: u32| {
        format!(
            "weir_transactions_accepted_total {count}\nweir_http_sent_away_total {count}\n\
             weir_decision_seconds_bucket{{le=\"2.5\"}} {count}\nweir_decision_seconds_bucket{{le=\"+Inf\"}} {count}\n\
             weir_consumer_lag_records{{consumer=\"score\",stream=\"transactions\"}} {}\n\
             weir_consumer_lag_records{{consumer=\"archive\",stream=\"labels\"}} {}\n\
             weir_dead_letters_total{{reason=\"currency\"}} 2\nweir_lake_lag_seconds 1000\n",
            20_000 + count,
            20_000 - count,
        )
    };
    let lines = looks(&page(10), &page(30));
    let of = |what: &str| lines.iter().filter(|line| line[6..].starts_with(what)).collect::<Vec<_>>();
    assert!(of("throughput")[0].starts_with("ok    throughput   10 transactions a second"), "{lines:#?}");
    for what in ["latency", "requests", "dead letters", "lake"] {
        assert!(of(what)[0].starts_with("look  "), "{what}: {lines:#?}");
    }
    assert!(of("latency")[0].contains("99 of 100 within 2500 ms, of 20"), "{lines:#?}");
    let lags = of("lag");
    assert!(
        lags[0].starts_with("look  ") && lags[1].starts_with("ok    "),
        "only one falls behind: {lines:#?}"
    );
}
