//! One connection: a request, its answer, the next request.

use std::time::Duration;

use anyhow::{Context, Result};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER};
use hyper::{Method, Request, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Where requests go, and what each of them says of itself.
#[derive(Clone, Debug)]
pub(super) struct Target {
    authority: String,
    host: HeaderValue,
    authorization: Option<HeaderValue>,
    timeout: Duration,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    /// What `Retry-After` says.
    pub(super) retry_after: Option<Duration>,
    pub(super) body: Bytes,
}

/// No answer.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoAnswer {
    TimedOut,
    /// No connection, or one that broke.
    Broken,
}

/// A connection that is opened when it is needed and kept as long as it lives.
pub(super) struct Connection {
    target: Target,
    open: Option<SendRequest<Full<Bytes>>>,
}

impl Target {
    /// The system at a URL.
    pub(super) fn new(base: &str, api_key: Option<&str>, timeout: Duration) -> Result<Self> {
        let uri: Uri =
            base.parse().with_context(|| format!("`{base}` is no address; expected http://host:port"))?;
        let is_plain = uri.scheme_str() == Some("http");
        let authority = uri.authority().filter(|_| is_plain).with_context(|| {
            format!("`{base}` is no address that load can be sent to; expected http://host:port")
        })?;
        let port = authority.port_u16().unwrap_or(80);
        let key = api_key.map(|key| HeaderValue::from_str(&format!("Bearer {key}")));
        let authorization = key.transpose().context("the API key cannot be sent in a header")?;
        let host =
            HeaderValue::from_str(authority.as_str()).context("the host cannot be sent in a header")?;
        Ok(Self { authority: format!("{}:{port}", authority.host()), host, authorization, timeout })
    }

    fn request(&self, method: Method, path: &str, body: Bytes) -> Result<Request<Full<Bytes>>, NoAnswer> {
        let kind = if path == "/score" { "application/json" } else { "application/x-ndjson" };
        let mut request = Request::builder().method(method).uri(path).header(HOST, self.host.clone());
        if let Some(value) = &self.authorization {
            request = request.header(AUTHORIZATION, value.clone());
        }
        if !body.is_empty() {
            request = request.header(CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        request.body(Full::new(body)).map_err(|_| NoAnswer::Broken)
    }
}

impl Connection {
    pub(super) const fn new(target: Target) -> Self {
        Self { target, open: None }
    }

    pub(super) async fn post(&mut self, path: &str, body: Bytes) -> Result<Answer, NoAnswer> {
        let request = self.target.request(Method::POST, path, body)?;
        self.send(request).await
    }

    pub(super) async fn get(&mut self, path: &str) -> Result<Answer, NoAnswer> {
        let request = self.target.request(Method::GET, path, Bytes::new())?;
        self.send(request).await
    }

    /// After anything but an answer the connection is closed: what would come over it belongs to no request.
    async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
        let timeout = self.target.timeout;
        let sent = tokio::time::timeout(timeout, self.exchange(request)).await;
        let answer = sent.unwrap_or(Err(NoAnswer::TimedOut));
        if answer.is_err() {
            self.open = None;
        }
        answer
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<Answer, NoAnswer> {
        let mut sender = match self.open.take() {
            Some(sender) if !sender.is_closed() => sender,
            _ => self.connect().await?,
        };
        sender.ready().await.map_err(|_| NoAnswer::Broken)?;
        let response = sender.send_request(request).await.map_err(|_| NoAnswer::Broken)?;
        let status = response.status().as_u16();
        let retry_after = response.headers().get(RETRY_AFTER).and_then(seconds);
        let body = response.into_body().collect().await.map_err(|_| NoAnswer::Broken)?.to_bytes();
        self.open = Some(sender);
        Ok(Answer { status, retry_after, body })
    }

    async fn connect(&self) -> Result<SendRequest<Full<Bytes>>, NoAnswer> {
        let stream = TcpStream::connect(&self.target.authority).await.map_err(|_| NoAnswer::Broken)?;
        stream.set_nodelay(true).map_err(|_| NoAnswer::Broken)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(|_| NoAnswer::Broken)?;
        // It ends with its sender; what it could not deliver is told to whoever asked.
        tokio::spawn(async move { drop(connection.await) });
        Ok(sender)
    }
}

fn seconds(value: &HeaderValue) -> Option<Duration> {
    Some(Duration::from_secs(value.to_str().ok()?.trim().parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_cannot_be_reached_this_way_are_refused() {
        let target = |base| Target::new(base, None, Duration::from_secs(1));
        assert_eq!(target("http://127.0.0.1:8081").unwrap().authority, "127.0.0.1:8081");
        assert_eq!(target("http://localhost").unwrap().authority, "localhost:80");
        assert_eq!(target("http://[::1]:9").unwrap().authority, "[::1]:9");
        for base in ["https://127.0.0.1:1", "127.0.0.1:8081", "", "http://"] {
            assert!(target(base).is_err(), "{base}");
        }
    }
}
