//! One page by HTTP, tried until it is whole.

use std::time::Duration;

use reqwest::header::{CONTENT_ENCODING, LINK, TRANSFER_ENCODING};
use reqwest::{Response, StatusCode, Version};
use tokio::time::Instant;
use url::Url;

use crate::document::{Format, Limits};
use crate::error::is_passing;
use crate::headers::{asking, next_of};
use crate::http_source::HttpSource;
use crate::{ExtractError, retry};

/// Asks one source.
pub(crate) struct Client {
    http: reqwest::Client,
    limits: Limits,
    format: Format,
    variables: Vec<String>,
    deadline: Instant,
    /// Attempts that did not give a page.
    pub(crate) retries: u64,
}

/// A whole body, and what the answer says of the next page.
pub(crate) struct Answer {
    pub(crate) body: Vec<u8>,
    pub(crate) link: Option<String>,
}

/// An attempt that gave no page.
enum Failed {
    /// Another may.
    Passing { cause: ExtractError, after: Option<Duration> },
    /// Another will not.
    Final(ExtractError),
}

impl Client {
    /// A client whose headers are filled from the environment; the date's deadline runs from now.
    pub(crate) fn new(
        source: &HttpSource,
        limits: Limits,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, ExtractError> {
        let http = asking(source, limits, environment)?;
        let deadline = Instant::now() + Duration::from_secs(limits.deadline_seconds);
        Ok(Self { http, limits, format: source.format, variables: source.variables(), deadline, retries: 0 })
    }

    /// A page, as `read` understands it; what it does not understand may have been cut off, and is asked for again.
    pub(crate) async fn page<T>(
        &mut self,
        url: &Url,
        read: impl Fn(Answer) -> Result<T, String>,
    ) -> Result<T, ExtractError> {
        let mut tried = 0;
        loop {
            tried += 1;
            let attempt = tokio::time::timeout_at(self.deadline, self.attempt(url, tried)).await;
            let failed = match attempt.map_err(|_| self.too_late(url))? {
                Ok(answer) => match read(answer) {
                    Ok(page) => return Ok(page),
                    Err(problem) => Failed::Passing {
                        cause: ExtractError::Answer { host: host(url), problem },
                        after: None,
                    },
                },
                Err(failed) => failed,
            };
            let (cause, after) = match failed {
                Failed::Final(cause) => return Err(cause),
                Failed::Passing { cause, .. } if tried >= self.limits.attempts => return Err(cause),
                Failed::Passing { cause, after } => (cause, after),
            };
            let own = retry::wait(Duration::from_millis(self.limits.first_wait_ms), tried);
            let wait = after.map_or(own, |asked| asked.max(own));
            if Instant::now() + wait >= self.deadline {
                // Not waited for what cannot come in time.
                return Err(if after.is_some() { cause } else { self.too_late(url) });
            }
            self.retries += 1;
            tracing::info!(error = %cause, wait_ms = wait.as_millis() as u64, "a page is asked for again");
            tokio::time::sleep(wait).await;
        }
    }

    async fn attempt(&self, url: &Url, tried: u32) -> Result<Answer, Failed> {
        let unanswered = |error: reqwest::Error| Failed::Passing {
            cause: ExtractError::Unanswered { host: host(url), tried, source: error.without_url() },
            after: None,
        };
        let response = self.http.get(url.clone()).send().await.map_err(unanswered)?;
        let response = self.accepted(url, response, tried)?;
        let link = response.headers().get(LINK).and_then(|value| value.to_str().ok()).and_then(next_of);
        let body = match response.status() {
            StatusCode::NO_CONTENT => Vec::new(),
            _ => self.body(response, unanswered).await?,
        };
        Ok(Answer { body, link })
    }

    /// The answer if it is a page.
    fn accepted(&self, url: &Url, response: Response, tried: u32) -> Result<Response, Failed> {
        let status = response.status();
        if status.is_success() {
            return self.whole_in_the_end(url, response);
        }
        let host = host(url);
        if status.is_redirection() {
            let place = response.headers().get("location").and_then(|value| value.to_str().ok());
            let other = place.and_then(|place| response.url().join(place).ok());
            if let Some(other) = other.filter(|other| other.origin() != url.origin()) {
                return Err(Failed::Final(ExtractError::Elsewhere { host, other: origin(&other) }));
            }
        }
        let status = status.as_u16();
        if matches!(status, 401 | 403) {
            let variables = self.variables.clone();
            return Err(Failed::Final(ExtractError::Credentials { host, status, variables }));
        }
        let cause = ExtractError::Status { host, path: url.path().to_owned(), status, tried };
        Err(match is_passing(status) {
            true => Failed::Passing { cause, after: retry::retry_after(response.headers()) },
            false => Failed::Final(cause),
        })
    }

    /// Refuses an answer of which nobody could say whether it was cut off, or that is packed though nobody asked.
    fn whole_in_the_end(&self, url: &Url, response: Response) -> Result<Response, Failed> {
        let headers = response.headers();
        let problem = |problem: String| Err(Failed::Final(ExtractError::Answer { host: host(url), problem }));
        if let Some(encoding) = headers.get(CONTENT_ENCODING).filter(|encoding| *encoding != "identity") {
            let encoding = String::from_utf8_lossy(encoding.as_bytes()).into_owned();
            return problem(format!("in the encoding `{encoding}`, which was not asked for; expected none"));
        }
        let is_framed = response.version() >= Version::HTTP_2
            || headers.contains_key(TRANSFER_ENCODING)
            || response.content_length().is_some()
            || response.status() == StatusCode::NO_CONTENT;
        if !is_framed && self.format != Format::Json {
            return problem(
                "without a length, so that a page that is cut off would look whole; expected `Content-Length` or \
                 chunks"
                    .to_owned(),
            );
        }
        Ok(response)
    }

    async fn body(
        &self,
        mut response: Response,
        unanswered: impl Fn(reqwest::Error) -> Failed,
    ) -> Result<Vec<u8>, Failed> {
        let bytes_max = self.limits.page_bytes_max;
        let too_large = || Failed::Final(ExtractError::TooLarge { limit: "page_bytes_max", bytes_max });
        if response.content_length().is_some_and(|length| length > bytes_max) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(&unanswered)? {
            if (body.len() + chunk.len()) as u64 > bytes_max {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn too_late(&self, url: &Url) -> ExtractError {
        ExtractError::Deadline { host: host(url), seconds: self.limits.deadline_seconds }
    }
}

/// Who is asked: host and port.
pub(crate) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// Scheme, host and port.
pub(crate) fn origin(url: &Url) -> String {
    format!("{}://{}", url.scheme(), host(url))
}
