//! Who may do what.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use weir_ingest::{Access, ApiKey, ROUTES, Scope, Settings};

use crate::support::{Deployment, order};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn with_scopes(scopes: &[Scope]) -> Deployment {
    let key = |name: &str, secret: &str, scopes: &[Scope]| {
        ApiKey::new(name, &ApiKey::hash_of(secret), scopes.iter().copied()).unwrap()
    };
    let keys = vec![key("shop", SECRET, scopes), key("other", "another secret", &Scope::ALL)];
    Deployment::with(Settings { access: Access::Keys(keys), ..Settings::default() })
}

async fn ask(deployment: &Deployment, method: &str, path: &str, header: Option<(&str, &str)>) -> StatusCode {
    let mut request = Request::builder()
        .method(method.to_uppercase().as_str())
        .uri(path.replace("{id}", "nobody"))
        .header("content-type", "application/json");
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    deployment.send(request.body(Body::from(order("order-1", 1).to_string())).unwrap()).await.status
}

const OPEN: [&str; 3] = ["/health", "/ready", "/openapi.json"];

#[tokio::test]
async fn without_a_valid_key_only_what_is_open_to_all_answers() {
    let deployment = with_scopes(&Scope::ALL);
    for (method, path) in ROUTES {
        let wrong = format!("Bearer {SECRET}0");
        for header in [None, Some(("authorization", wrong.as_str())), Some(("authorization", "Basic abc"))] {
            let status = ask(&deployment, method, path, header).await;
            if OPEN.contains(&path) {
                assert_eq!(status, StatusCode::OK, "{path}");
            } else {
                assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
            }
        }
    }
    assert!(deployment.records("transactions").await.is_empty());
}

#[tokio::test]
async fn a_key_does_what_its_scopes_say_and_nothing_else() {
    let needed = |method: &str, path: &str| match (method, path) {
        (_, "/transactions" | "/labels") => Some(Scope::Ingest),
        (_, "/score") => Some(Scope::Score),
        ("post", _) => Some(Scope::Admin),
        (_, path) if OPEN.contains(&path) => None,
        _ => Some(Scope::Read),
    };
    for scope in Scope::ALL {
        let deployment = with_scopes(&[scope]);
        let bearer = format!("Bearer {SECRET}");
        for (method, path) in ROUTES {
            let status = ask(&deployment, method, path, Some(("authorization", &bearer))).await;
            let is_allowed = needed(method, path).is_none_or(|needed| needed == scope);
            assert_eq!(status != StatusCode::FORBIDDEN, is_allowed, "{} {method} {path}", scope.name());
        }
        let open = ask(&deployment, "get", "/dead-letters/{id}?open=true", Some(("x-api-key", SECRET))).await;
        assert_eq!(open == StatusCode::FORBIDDEN, scope != Scope::Admin);
    }
}

#[tokio::test]
async fn without_keys_a_foreign_host_name_is_refused() {
    let deployment = Deployment::new();
    let foreign = ask(&deployment, "get", "/dead-letters", Some(("host", "page.example.org"))).await;
    assert_eq!(foreign, StatusCode::FORBIDDEN);
    let own = ask(&deployment, "get", "/dead-letters", Some(("host", "127.0.0.1:8081"))).await;
    assert_eq!(own, StatusCode::OK);
}
