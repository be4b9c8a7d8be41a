//! Answers that are no pages.

use axum::body::Body;
use axum::http::Response;
use weir_extract::{ExtractError, Kind};

use crate::server::{DAY, Shop, files, text, told};

const SOURCE: &str = "[source]\nkind = \"http\"\nurl = \"HOST/orders\"\nformat = \"json\"\nquery = { d = \"{date}\" }\n\
    pages = { parameter = \"page\" }\n[source.headers]\nAuthorization = { environment = \"SHOP_TOKEN\" }\n\
    [limits]\nattempts = 3\nfirst_wait_ms = 5\n";
const ONE: &str = "/orders?d=2026-11-22&page=1";
const TWO: &str = "/orders?d=2026-11-22&page=2";
const THREE: &str = "/orders?d=2026-11-22&page=3";

#[tokio::test]
async fn a_busy_source_is_asked_again_when_it_says() {
    let shop = Shop::open().await;
    shop.status(ONE, 503);
    shop.expect(ONE, || {
        Response::builder().status(429).header("retry-after", "1").body(Body::empty()).unwrap()
    });
    shop.page(ONE, "[{\"id\":1}]");
    shop.page(TWO, "[]");
    let started = std::time::Instant::now();
    let fetched = shop.fetch(SOURCE).await.unwrap();
    assert_eq!((fetched.retries, fetched.records), (2, Some(1)));
    assert!(started.elapsed().as_millis() >= 1_000);
    shop.asked();
}

#[tokio::test]
async fn a_body_that_is_cut_off_is_asked_for_again_and_never_mixed() {
    let shop = Shop::open().await;
    // The connection ends before as many bytes have come as were announced; then the page is another one.
    shop.expect(ONE, || {
        let parts = [Ok("[{\"id\":1},{\"id\":2}"), Err(std::io::Error::other("cut"))];
        Response::new(Body::from_stream(futures::stream::iter(parts)))
    });
    shop.page(ONE, "[{\"id\":7},{\"id\":8},{\"id\":9}");
    shop.page(ONE, "[{\"id\":3}]");
    shop.page(TWO, "[]");
    let fetched = shop.fetch(SOURCE).await.unwrap();
    assert_eq!(fetched.retries, 2);
    assert_eq!(text(&fetched), "{\"id\":3}\n");
}

#[tokio::test]
async fn a_page_that_fails_for_good_fails_its_date_and_the_next_run_goes_on() {
    let shop = Shop::open().await;
    shop.page(ONE, "[{\"id\":1}]");
    (0..3).for_each(|_| shop.status(TWO, 500));
    let error = shop.fetch(SOURCE).await.unwrap_err();
    let text_of = told(&error);
    for part in ["2026-11-22", "page 2", &shop.address, "500", "3 times", "again"] {
        assert!(text_of.contains(part), "{part}: {text_of}");
    }
    assert_eq!(error.cause.kind(), Kind::Retryable);
    shop.asked();
    assert!(files(shop.folder()).iter().all(|file| !file.to_string_lossy().ends_with("json")));

    shop.page(ONE, "[{\"id\":1}]");
    shop.page(TWO, "[{\"id\":2}]");
    shop.page(THREE, "[]");
    let fetched = shop.fetch(SOURCE).await.unwrap();
    assert_eq!((fetched.pages, fetched.resumed_pages), (2, 1));
    assert_eq!(text(&fetched), "{\"id\":1}\n{\"id\":2}\n");
    assert_eq!(shop.asked().len(), 3);
    // What is whole is not fetched again until it is imported.
    assert!(shop.fetch(SOURCE).await.unwrap().is_staged);
    let description = shop.description(SOURCE);
    shop.by(&description).forget(DAY).unwrap();
    assert!(files(shop.folder()).is_empty());
}

#[tokio::test]
async fn pages_that_moved_between_two_runs_are_all_fetched_anew() {
    let shop = Shop::open().await;
    shop.page(ONE, "[{\"id\":1}]");
    shop.page(TWO, "[{\"id\":2}]");
    shop.status(THREE, 404);
    let error = shop.fetch(SOURCE).await.unwrap_err();
    assert!(matches!(error.cause, ExtractError::Status { status: 404, tried: 1, .. }), "{error}");
    shop.page(TWO, "[{\"id\":1}]");
    shop.page(ONE, "[{\"id\":0}]");
    shop.page(TWO, "[{\"id\":1}]");
    shop.page(THREE, "[{\"id\":2}]");
    shop.page("/orders?d=2026-11-22&page=4", "[]");
    let fetched = shop.fetch(SOURCE).await.unwrap();
    assert_eq!(text(&fetched), "{\"id\":0}\n{\"id\":1}\n{\"id\":2}\n");
    assert_eq!(fetched.resumed_pages, 0);
    shop.asked();
}

#[tokio::test]
async fn wrong_credentials_are_told_with_host_and_variable_and_no_secret() {
    let shop = Shop::open().await;
    shop.status(ONE, 401);
    let error = shop.fetch(SOURCE).await.unwrap_err();
    let text = told(&error);
    assert!(text.contains(&shop.address) && text.contains("`SHOP_TOKEN`") && text.contains("401"), "{text}");
    assert_eq!(error.cause.kind(), Kind::Settings);
    assert_eq!(shop.asked().len(), 1);
    let unset = shop.fetch(&SOURCE.replace("SHOP_TOKEN", "OTHER_TOKEN")).await.unwrap_err();
    assert!(told(&unset).contains("`OTHER_TOKEN` is not set"), "{}", told(&unset));
    assert!(shop.asked().is_empty());
}

#[tokio::test]
async fn headers_do_not_follow_to_another_host() {
    let shop = Shop::open().await;
    shop.expect(ONE, || {
        Response::builder()
            .status(302)
            .header("location", "http://localhost:9/x")
            .body(Body::empty())
            .unwrap()
    });
    let error = shop.fetch(SOURCE).await.unwrap_err();
    assert!(matches!(error.cause, ExtractError::Elsewhere { .. }), "{}", told(&error));
    let linked = SOURCE
        .replace("parameter = \"page\"", "next = \"/next\"")
        .replace("pages", "records = \"/d\"\npages");
    shop.page("/orders?d=2026-11-22", "{\"d\":[{\"id\":1}],\"next\":\"http://localhost:9/x?page=2\"}");
    let error = shop.fetch(&linked).await.unwrap_err();
    assert!(told(&error).contains("leads to `http://localhost:9`"), "{}", told(&error));
    shop.asked();
}

#[tokio::test]
async fn a_source_that_does_not_turn_pages_does_not_run_for_ever() {
    let shop = Shop::open().await;
    shop.page(ONE, "[{\"id\":1}]");
    shop.page(TWO, "[{\"id\":1}]");
    let error = shop.fetch(SOURCE).await.unwrap_err();
    assert!(told(&error).contains("the page before once more"), "{}", told(&error));
    let many = format!("{SOURCE}pages_max = 1\n");
    shop.page(ONE, "[{\"id\":1}]");
    let error = shop.fetch(&many).await.unwrap_err();
    assert!(told(&error).contains("`limits.pages_max`"), "{}", told(&error));
}

#[tokio::test]
async fn what_is_too_large_or_too_late_is_told_with_its_limit() {
    let shop = Shop::open().await;
    shop.page(ONE, format!("[{{\"id\":\"{}\"}}]", "x".repeat(5_000)));
    let error = shop.fetch(&format!("{SOURCE}page_bytes_max = 1000\n")).await.unwrap_err();
    assert!(told(&error).contains("`limits.page_bytes_max`"), "{}", told(&error));
    shop.expect(ONE, || {
        Response::builder().status(503).header("retry-after", "900").body(Body::empty()).unwrap()
    });
    let started = std::time::Instant::now();
    let error = shop.fetch(&format!("{SOURCE}deadline_seconds = 5\n")).await.unwrap_err();
    assert!(told(&error).contains("503"), "{}", told(&error));
    assert!(started.elapsed().as_secs() < 4, "not waited for what cannot come in time");
}

#[tokio::test]
async fn a_document_of_another_form_is_told_and_shows_no_value() {
    let shop = Shop::open().await;
    (0..3).for_each(|_| shop.page(ONE, "{\"orders\":[{\"email\":\"someone@shop.example\"}]}"));
    let text = told(&shop.fetch(SOURCE).await.unwrap_err());
    assert!(text.contains("`source.records`") && !text.contains("someone"), "{text}");
    (0..3).for_each(|_| shop.page(ONE, "<html>someone@shop.example</html>"));
    let text = told(&shop.fetch(SOURCE).await.unwrap_err());
    assert!(text.contains("JSON document") && !text.contains("someone"), "{text}");
}
