//! Breaking things on purpose: only where somebody can, and only for pages of this server.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use serde_json::Value;
use tower::ServiceExt;
use weir_dashboard::{Board, CHAOS_HEADER, Chaos, Kills, Part, Survival, router, router_with_chaos};

use crate::served::Kept;

#[derive(Default)]
struct Killed(Mutex<Vec<Part>>);

impl Chaos for Killed {
    fn kill(&self, part: Part) -> Result<(), String> {
        let mut killed = self.0.lock().unwrap();
        if killed.contains(&part) {
            return Err("it is dead already".to_owned());
        }
        killed.push(part);
        Ok(())
    }
}

fn pages(killed: &Arc<Killed>) -> (Arc<Board>, Router) {
    let board = Arc::new(Board::new());
    let chaos: Arc<Killed> = Arc::clone(killed);
    (Arc::clone(&board), router_with_chaos(board, Arc::new(Kept(vec![])), chaos))
}

async fn ask(pages: &Router, request: Request<Body>) -> (StatusCode, String) {
    let answer = pages.clone().oneshot(request).await.unwrap();
    let (status, policy) = (answer.status(), answer.headers().get("content-security-policy").cloned());
    assert!(policy.is_some() && answer.headers().get("access-control-allow-origin").is_none());
    let body = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn press(part: &str) -> Request<Body> {
    Request::post(format!("/chaos/{part}")).header(CHAOS_HEADER, "test").body(Body::empty()).unwrap()
}

#[tokio::test]
async fn each_button_kills_its_part_and_says_why_if_it_cannot() {
    let killed = Arc::new(Killed::default());
    let (_, pages) = pages(&killed);
    for part in ["scorer", "archiver", "process"] {
        assert_eq!(ask(&pages, press(part)).await.0, StatusCode::ACCEPTED, "{part}");
    }
    assert_eq!(*killed.0.lock().unwrap(), [Part::Scorer, Part::Archiver, Part::Process]);
    let (status, body) = ask(&pages, press("scorer")).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(body.contains("dead already"), "{body}");
    assert_eq!(ask(&pages, press("keyring")).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_from_elsewhere_kills_nothing() {
    let killed = Arc::new(Killed::default());
    let (_, pages) = pages(&killed);
    // What a form or a plain fetch of another page can send.
    let form =
        Request::post("/chaos/process").header("content-type", "text/plain").body(Body::empty()).unwrap();
    assert_eq!(ask(&pages, form).await.0, StatusCode::FORBIDDEN);
    // What a browser asks before it sends the header for another page.
    let asking = Request::options("/chaos/process")
        .header("origin", "http://elsewhere.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", CHAOS_HEADER)
        .body(Body::empty())
        .unwrap();
    assert_eq!(ask(&pages, asking).await.0, StatusCode::METHOD_NOT_ALLOWED);
    assert!(killed.0.lock().unwrap().is_empty());
}

#[tokio::test]
async fn the_section_and_its_files_are_there_only_where_something_can_be_broken() {
    let (board, with) = pages(&Arc::default());
    let without = router(Arc::new(Board::new()), Arc::new(Kept(vec![])));
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let (_, index) = ask(&with, get("/")).await;
    assert!(index.contains("Kill the whole process") && !index.contains("<!--"), "{index}");
    let (_, index) = ask(&without, get("/")).await;
    assert!(!index.contains("chaos") && !index.contains("<!--"), "{index}");
    for path in ["/chaos.js", "/chaos.css"] {
        assert_eq!(ask(&with, get(path)).await.0, StatusCode::OK, "{path}");
        assert_eq!(ask(&without, get(path)).await.0, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(ask(&without, press("process")).await.0, StatusCode::NOT_FOUND);

    let shown = |board: &Board| serde_json::to_value(board.snapshot()).unwrap();
    assert_eq!(shown(&board).get("chaos"), None);
    let kills = Kills { scorer: 2, ..Kills::default() };
    board.set_survival(Survival { acknowledged: Some(7), lost: Some(0), kills, ..Survival::default() });
    let chaos = &shown(&board)["chaos"];
    assert_eq!(
        (&chaos["lost"], &chaos["twice"], &chaos["kills"]["scorer"]),
        (&0.into(), &Value::Null, &2.into())
    );
}
