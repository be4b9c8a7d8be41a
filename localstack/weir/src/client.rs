//! The HTTP API as a client sees it.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde_json::Value;

use crate::home::Home;

/// How often a request is tried again while the system answers "not now".
const ATTEMPTS: u32 = 8;

/// A client of one running system.
#[derive(Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base: String,
    key: Option<String>,
}

/// The answer to a batch.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Batch {
    pub(crate) accepted: u64,
    pub(crate) rejected: Vec<Rejected>,
}

/// One item that was not taken.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Rejected {
    pub(crate) line: u64,
    pub(crate) field: String,
    pub(crate) expected: String,
}

impl Client {
    /// A client of the system at `to`, or of the one that runs on this home.
    pub(crate) fn find(home: &Home, to: Option<&str>, key: Option<String>) -> Result<Self> {
        let base = match to {
            Some(url) => url.trim_end_matches('/').to_owned(),
            None => match home.running().and_then(|holder| holder.ingest) {
                Some(address) => format!("http://{address}"),
                None => "http://127.0.0.1:8081".to_owned(),
            },
        };
        Self::at(base, key)
    }

    /// A client of the system at a URL without a slash at its end.
    pub(crate) fn at(base: String, key: Option<String>) -> Result<Self> {
        let http = reqwest::Client::builder().timeout(Duration::from_secs(60)).build()?;
        Ok(Self { http, base, key })
    }

    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Posts lines to `/transactions` or `/labels`; waits while the system is busy.
    pub(crate) async fn post_lines(&self, path: &str, body: Vec<u8>) -> Result<Batch> {
        let answer = self.send(reqwest::Method::POST, path, Some(("application/x-ndjson", body))).await?;
        match answer {
            (status, value) if status == 202 || (status == 400 && value.get("rejected").is_some()) => {
                serde_json::from_value(value).context("the system answered something else than a batch")
            }
            (status, value) => bail!("{} answered {status} to {path}: {}", self.base, message(&value)),
        }
    }

    /// Posts one JSON document; status and answer.
    pub(crate) async fn post_json(&self, path: &str, value: &Value) -> Result<(u16, Value)> {
        self.send(reqwest::Method::POST, path, Some(("application/json", serde_json::to_vec(value)?))).await
    }

    /// Gets a JSON document; status and answer.
    pub(crate) async fn get(&self, path: &str) -> Result<(u16, Value)> {
        self.send(reqwest::Method::GET, path, None).await
    }

    /// Gets a page of text.
    pub(crate) async fn text(&self, path: &str) -> Result<String> {
        let mut request = self.http.get(format!("{}{path}", self.base));
        if let Some(key) = &self.key {
            request = request.bearer_auth(key);
        }
        Ok(request.send().await?.error_for_status()?.text().await?)
    }

    /// Transactions that the system has done with since it started: decided, repeated or set aside.
    pub(crate) async fn scored(&self) -> Result<u64> {
        let (status, answer) = self.get("/status").await?;
        if status != 200 {
            bail!("{} answered {status} to /status: {}", self.base, message(&answer));
        }
        let done = ["decided", "repeated", "undecodable", "id_reused", "currency"];
        Ok(done.iter().filter_map(|name| answer["score"][name].as_u64()).sum())
    }

    async fn send(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<(&str, Vec<u8>)>,
    ) -> Result<(u16, Value)> {
        let mut wait = Duration::from_millis(100);
        for attempt in 1..=ATTEMPTS {
            let mut request = self.http.request(method.clone(), format!("{}{path}", self.base));
            if let Some((kind, bytes)) = &body {
                request = request.header("content-type", *kind).body(bytes.clone());
            }
            if let Some(key) = &self.key {
                request = request.bearer_auth(key);
            }
            let answer = request.send().await;
            let is_last = attempt == ATTEMPTS;
            match answer {
                Ok(answer) if !is_last && matches!(answer.status().as_u16(), 429 | 503) => {}
                Ok(answer) => {
                    let status = answer.status().as_u16();
                    let bytes = answer.bytes().await?;
                    return Ok((status, serde_json::from_slice(&bytes).unwrap_or(Value::Null)));
                }
                Err(error) if is_last || (error.is_connect() && attempt >= 3) => {
                    return Err(error).with_context(|| {
                        format!(
                            "no system answers at {}; start one with `weir run`, or say where with --to",
                            self.base
                        )
                    });
                }
                Err(_) => {}
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(5));
        }
        bail!("{} did not answer", self.base)
    }
}

/// The message of an error answer.
pub(crate) fn message(answer: &Value) -> String {
    answer
        .pointer("/error/message")
        .and_then(Value::as_str)
        .map_or_else(|| answer.to_string(), ToOwned::to_owned)
}

/// A text as one segment of a path.
pub(crate) fn path_segment(text: &str) -> String {
    let mut segment = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                segment.push(char::from(byte))
            }
            other => segment.push_str(&format!("%{other:02X}")),
        }
    }
    segment
}
