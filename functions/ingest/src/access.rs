//! Who may do what.

use std::fmt;
use std::num::NonZeroU32;
use std::str::FromStr;
use std::sync::Arc;

use axum::http::{HeaderMap, header};

use crate::answer::Failure;
use crate::limit::Limit;

/// What a key allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// Send transactions and labels.
    Ingest,
    /// Have a transaction decided while waiting.
    Score,
    /// Look at decisions and at the list of dead letters.
    Read,
    /// Open dead letters and try them again.
    Admin,
}

impl Scope {
    /// Every scope.
    pub const ALL: [Self; 4] = [Self::Ingest, Self::Score, Self::Read, Self::Admin];

    /// Its name in settings.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ingest => "ingest",
            Self::Score => "score",
            Self::Read => "read",
            Self::Admin => "admin",
        }
    }
}

/// The text is not a scope.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not a scope; expected `ingest`, `score`, `read` or `admin`")]
pub struct ScopeError {
    /// The text.
    pub found: String,
}

impl FromStr for Scope {
    type Err = ScopeError;

    fn from_str(text: &str) -> Result<Self, ScopeError> {
        let known = Self::ALL.into_iter().find(|scope| scope.name() == text);
        known.ok_or_else(|| ScopeError { found: text.to_owned() })
    }
}

/// One API key: its secret is known to its holder alone.
#[derive(Clone)]
pub struct ApiKey {
    name: String,
    hash: blake3::Hash,
    scopes: Vec<Scope>,
    limit: Option<Arc<Limit>>,
}

/// The text is not the hash of a key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the hash of API key `{name}` is not 64 hex digits; make it with `weir init` or `b3sum`")]
pub struct ApiKeyError {
    /// Name of the key.
    pub name: String,
}

impl ApiKey {
    /// A key from the BLAKE3 hash of its secret, 64 hex digits.
    ///
    /// # Errors
    /// If the hash is no such text.
    pub fn new(
        name: impl Into<String>,
        hash: &str,
        scopes: impl IntoIterator<Item = Scope>,
    ) -> Result<Self, ApiKeyError> {
        let name = name.into();
        match blake3::Hash::from_hex(hash) {
            Ok(hash) => Ok(Self { name, hash, scopes: scopes.into_iter().collect(), limit: None }),
            Err(_) => Err(ApiKeyError { name }),
        }
    }

    /// The same key for at most `per_second` items a second; requests over it are told when to come back.
    #[must_use]
    pub fn limited_to(self, per_second: NonZeroU32) -> Self {
        Self { limit: Some(Arc::new(Limit::new(per_second.get()))), ..self }
    }

    /// Its name in settings.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn is_without_scopes(&self) -> bool {
        self.scopes.is_empty()
    }

    /// The hash to put into settings for a secret. The secret must be random, 16 bytes or more: the hash is fast.
    pub fn hash_of(secret: &str) -> String {
        blake3::hash(secret.as_bytes()).to_hex().to_string()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ApiKey({}, {:?})", self.name, self.scopes)
    }
}

/// How requests are let in.
#[derive(Clone, Debug)]
pub enum Access {
    /// Anybody on this machine, everything; only for a loopback address.
    Loopback,
    /// Holders of a key, as far as its scopes go.
    Keys(Vec<ApiKey>),
}

impl Access {
    /// Lets a request in, or says why not; answers the limit of its key, if it has one.
    pub(crate) fn check(&self, headers: &HeaderMap, scope: Scope) -> Result<Option<Arc<Limit>>, Failure> {
        match self {
            Self::Loopback => check_host(headers).map(|()| None),
            Self::Keys(keys) => check_key(keys, headers, scope),
        }
    }
}

/// Without keys a page of another origin must not get in by a name that it lets point to this machine.
fn check_host(headers: &HeaderMap) -> Result<(), Failure> {
    if names_loopback(headers) { Ok(()) } else { Err(Failure::foreign_host()) }
}

/// Whether a request was addressed to this machine by a name that only means this machine. A page of another origin
/// can let its own name point here; a server on loopback that answers to it could be read by that page.
pub fn names_loopback(headers: &HeaderMap) -> bool {
    headers.get(header::HOST).is_none_or(|host| host.to_str().is_ok_and(is_loopback))
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn check_key(keys: &[ApiKey], headers: &HeaderMap, scope: Scope) -> Result<Option<Arc<Limit>>, Failure> {
    let secret = secret(headers).ok_or_else(Failure::unauthorized)?;
    let hash = blake3::hash(secret.as_bytes());
    // Every key is compared, each in constant time.
    let known = keys.iter().fold(None, |known, key| if key.hash == hash { Some(key) } else { known });
    let key = known.ok_or_else(Failure::unauthorized)?;
    if key.scopes.contains(&scope) { Ok(key.limit.clone()) } else { Err(Failure::forbidden(scope)) }
}

/// The secret of `Authorization: Bearer …` or `X-Api-Key: …`.
fn secret(headers: &HeaderMap) -> Option<&str> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let plain = || headers.get("x-api-key").and_then(|value| value.to_str().ok());
    bearer.map(|(_, secret)| secret.trim()).or_else(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_this_machine_are_told_from_others() {
        for host in
            ["localhost", "localhost:8081", "LOCALHOST", "127.0.0.1:8081", "127.3.2.1", "[::1]:80", "[::1]"]
        {
            assert!(is_loopback(host), "{host}");
        }
        for host in ["example.org", "127.0.0.1.example.org", "10.0.0.1:8081", "localhost.example.org:80", ""]
        {
            assert!(!is_loopback(host), "{host}");
        }
    }

    #[test]
    fn a_key_prints_no_hash() {
        let key = ApiKey::new("shop", &ApiKey::hash_of("a secret"), [Scope::Ingest]).unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey(shop, [Ingest])");
    }

    #[test]
    fn scopes_have_names() {
        for scope in Scope::ALL {
            assert_eq!(scope.name().parse(), Ok(scope));
        }
        assert!("everything".parse::<Scope>().is_err());
    }
}
