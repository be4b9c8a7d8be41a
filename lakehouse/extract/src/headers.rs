//! How a source is asked, with which headers, and what a header of the answer says of the next page.

use std::time::Duration;

use reqwest::header::{ACCEPT, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;

use crate::ExtractError;
use crate::document::{Format, Limits};
use crate::http_source::HttpSource;

/// Redirects on the same host that are followed.
const REDIRECTS: usize = 5;

/// What asks a source: with its headers, within its time, following redirects on its host alone.
pub(crate) fn asking(
    source: &HttpSource,
    limits: Limits,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<reqwest::Client, ExtractError> {
    reqwest::Client::builder()
        .user_agent(concat!("weir/", env!("CARGO_PKG_VERSION")))
        .default_headers(headers(source, environment)?)
        .connect_timeout(Duration::from_secs(limits.timeout_seconds.min(10)))
        .timeout(Duration::from_secs(limits.timeout_seconds))
        .redirect(Policy::custom(|attempt| {
            let is_home =
                attempt.previous().first().is_some_and(|first| first.origin() == attempt.url().origin());
            // A redirect that is not followed is an answer, which is told with its host.
            if is_home && attempt.previous().len() <= REDIRECTS { attempt.follow() } else { attempt.stop() }
        }))
        .build()
        .map_err(|source| ExtractError::Unanswered {
            host: String::new(),
            tried: 0,
            source: source.without_url(),
        })
}

/// What every request carries: headers of the source, filled from the environment.
fn headers(
    source: &HttpSource,
    environment: &dyn Fn(&str) -> Option<String>,
) -> Result<HeaderMap, ExtractError> {
    let mut headers = HeaderMap::new();
    headers.insert(ACCEPT, HeaderValue::from_static(accepted(source.format)));
    for (name, header) in &source.headers {
        let unset = || ExtractError::Variable { variable: header.environment.clone(), header: name.clone() };
        let value = environment(&header.environment).filter(|value| !value.is_empty()).ok_or_else(unset)?;
        // What is wrong with a value is not told with the value.
        let mut value =
            HeaderValue::from_str(&format!("{}{}", header.prefix, value.trim())).map_err(|_| unset())?;
        value.set_sensitive(true);
        headers.insert(HeaderName::from_bytes(name.as_bytes()).map_err(|_| unset())?, value);
    }
    Ok(headers)
}

const fn accepted(format: Format) -> &'static str {
    match format {
        Format::Json => "application/json",
        Format::Ndjson => "application/x-ndjson, application/jsonl, */*;q=0.5",
        Format::Csv => "text/csv, */*;q=0.5",
    }
}

/// The URL with `rel="next"` of a header `Link` (RFC 8288).
pub(crate) fn next_of(link: &str) -> Option<String> {
    link.split(",").find_map(|part| {
        let (url, parameters) = part.trim().strip_prefix('<')?.split_once('>')?;
        let is_next = |parameter: &str| {
            parameter.trim().strip_prefix("rel=").is_some_and(|rel| {
                rel.trim_matches('"').split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case("next"))
            })
        };
        parameters.split(';').any(is_next).then(|| url.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_says_what_comes_next() {
        let link =
            "<https://a.example/?p=1>; rel=\"prev\", <https://a.example/?p=3>; rel=\"next last\"; title=x";
        assert_eq!(next_of(link).as_deref(), Some("https://a.example/?p=3"));
        assert_eq!(next_of("<https://a.example/?p=1>; rel=prev"), None);
    }
}
