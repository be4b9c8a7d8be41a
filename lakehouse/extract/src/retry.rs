//! When to try again.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use chrono::DateTime;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// Longest wait that is not asked for.
const LONGEST: Duration = Duration::from_secs(60);

/// The wait before the next attempt: doubles with each, and is random between its half and its whole, so that several
/// do not come back at once.
pub(crate) fn wait(first: Duration, tried: u32) -> Duration {
    let whole = first.saturating_mul(1 << tried.saturating_sub(1).min(16)).min(LONGEST);
    // The standard library's seeds are random and need no further crate.
    let random = RandomState::new().hash_one(tried) % 1_000;
    whole / 2 + whole.mul_f64(random as f64 / 2_000.0)
}

/// How long the answer asks to wait: seconds, or a moment that is compared with the answer's own date.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let then = DateTime::parse_from_rfc2822(text).ok()?;
    let now = DateTime::parse_from_rfc2822(headers.get(DATE)?.to_str().ok()?).ok()?;
    Some((then - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_are_not_all_the_same() {
        let first = Duration::from_millis(100);
        let waits: Vec<_> = (0..50).map(|_| wait(first, 3)).collect();
        assert!(waits.iter().all(|wait| (200..=400).contains(&wait.as_millis())), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait != waits[0]));
        assert!(wait(first, 40) <= LONGEST);
    }

    #[test]
    fn a_wait_that_is_asked_for_is_read_in_both_forms() {
        let mut headers = HeaderMap::new();
        assert_eq!(retry_after(&headers), None);
        headers.insert(RETRY_AFTER, "7".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(7)));
        headers.insert(RETRY_AFTER, "Sun, 22 Nov 2026 08:00:30 GMT".parse().unwrap());
        assert_eq!(retry_after(&headers), None);
        headers.insert(DATE, "Sun, 22 Nov 2026 08:00:00 GMT".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(Duration::from_secs(30)));
    }
}
