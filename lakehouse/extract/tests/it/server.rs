//! A shop's HTTP server, which does what a test tells it, and a folder to fetch into.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use chrono::NaiveDate;
use weir_extract::{DateError, Description, Fetch, Fetched};

/// The day that is fetched.
pub(crate) const DAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap();
/// What no message may show.
pub(crate) const SECRET: &str = "s3cr3t-t0ken";

type Answers = Arc<Mutex<VecDeque<(String, Box<dyn FnOnce() -> Response<Body> + Send>)>>>;

/// Answers requests in the order in which they are expected; another one gets 418.
pub(crate) struct Shop {
    pub(crate) address: String,
    answers: Answers,
    asked: Arc<Mutex<Vec<String>>>,
    folder: tempfile::TempDir,
}

#[derive(Clone)]
struct Shared {
    answers: Answers,
    asked: Arc<Mutex<Vec<String>>>,
}

async fn answer(State(shared): State<Shared>, request: Request) -> Response<Body> {
    let uri = request.uri().to_string();
    let token = request.headers().get("authorization").and_then(|value| value.to_str().ok()).unwrap_or("-");
    shared.asked.lock().unwrap().push(format!("{uri} {token}"));
    let next = shared.answers.lock().unwrap().pop_front();
    match next {
        Some((expected, response)) if expected == uri => response(),
        _ => Response::builder().status(418).body(Body::empty()).unwrap(),
    }
}

impl Shop {
    pub(crate) async fn open() -> Self {
        let (answers, asked) = (Answers::default(), Arc::default());
        let shared = Shared { answers: Arc::clone(&answers), asked: Arc::clone(&asked) };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let router = Router::new().fallback(answer).with_state(shared);
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, answers, asked, folder: tempfile::tempdir().unwrap() }
    }

    /// The next request is this one, and is answered so.
    pub(crate) fn expect(&self, uri: &str, response: impl FnOnce() -> Response<Body> + Send + 'static) {
        self.answers.lock().unwrap().push_back((uri.to_owned(), Box::new(response)));
    }

    /// The next request is this one, and is answered with 200.
    pub(crate) fn page(&self, uri: &str, body: impl Into<String>) {
        let body = body.into();
        self.expect(uri, move || Response::new(Body::from(body)));
    }

    /// The next request is this one, and is answered with a status.
    pub(crate) fn status(&self, uri: &str, status: u16) {
        self.expect(uri, move || Response::builder().status(status).body(Body::empty()).unwrap());
    }

    /// What was asked for since this was asked last; all that was expected must have been.
    pub(crate) fn asked(&self) -> Vec<String> {
        assert_eq!(self.answers.lock().unwrap().len(), 0, "not all was asked for");
        std::mem::take(&mut *self.asked.lock().unwrap())
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Fetches the day by a description in which `HOST` is the server.
    pub(crate) async fn fetch(&self, description: &str) -> Result<Fetched, DateError> {
        let description = self.description(description);
        self.by(&description).date(DAY, &mut |_| ()).await
    }

    pub(crate) fn description(&self, text: &str) -> Description {
        let text = text.replace("HOST", &format!("http://{}", self.address));
        Description::parse(&self.folder.path().join("shop.toml"), &text).unwrap()
    }

    pub(crate) fn by<'a>(&'a self, description: &'a Description) -> Fetch<'a> {
        let environment = &|name: &str| (name == "SHOP_TOKEN").then(|| SECRET.to_owned());
        Fetch { description, staging: self.folder.path(), objects: None, environment }
    }
}

/// The text of a date's only file.
pub(crate) fn text(fetched: &Fetched) -> String {
    let [file] = fetched.files.as_slice() else { unreachable!("{fetched:?}") };
    std::fs::read_to_string(file).unwrap()
}

/// An error with all that caused it.
pub(crate) fn told(error: &DateError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    assert!(!text.contains(SECRET), "{text}");
    text
}

/// Files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}
