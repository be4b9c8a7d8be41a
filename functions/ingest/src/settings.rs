//! Settings of the HTTP door.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::time::Duration;

use crate::access::{Access, ApiKey};

/// Settings of ingest.
#[derive(Clone, Debug)]
pub struct Settings {
    /// How requests are let in.
    pub access: Access,
    /// Largest body of a request, bytes.
    pub max_body_bytes: usize,
    /// Bytes of bodies in work at once; more are told to come back.
    pub max_bytes_in_flight: usize,
    /// Records that may wait for the slowest consumer before senders are told to come back.
    pub max_waiting: u64,
    /// How long a body may take to arrive: it holds bytes in flight all the time.
    pub body_timeout: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            access: Access::Loopback,
            max_body_bytes: 5 << 20,
            max_bytes_in_flight: 64 << 20,
            max_waiting: 100_000,
            body_timeout: Duration::from_secs(30),
        }
    }
}

/// Settings that must not be used together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsError {
    /// Others can reach the address, and nobody needs a key.
    #[error(
        "ingest would listen on `{listen}`, which others can reach, and has no API key; listen on 127.0.0.1 or add \
         a key to weir.toml:\n\n[[ingest.keys]]\nname = \"shop\"\nhash = \"<BLAKE3 hash of the secret, 64 hex \
         digits>\"\nscopes = [\"ingest\", \"score\"]"
    )]
    Open {
        /// The address.
        listen: SocketAddr,
    },
    /// Nobody could do anything.
    #[error("API key `{name}` has no scopes; give it some of `ingest`, `score`, `read`, `admin`")]
    NoScopes {
        /// The key.
        name: String,
    },
    /// Two keys of one name.
    #[error("there are two API keys named `{name}`; give each a name of its own")]
    SameName {
        /// The name.
        name: String,
    },
    /// No request could ever be taken.
    #[error(
        "ingest.max_body_bytes is `{max_body_bytes}` and the bytes in flight are limited to `{max_bytes_in_flight}`; \
         the first must be 1 or more and not over the second"
    )]
    Limits {
        /// Largest body.
        max_body_bytes: usize,
        /// Bytes in flight.
        max_bytes_in_flight: usize,
    },
}

impl Settings {
    /// Refuses settings that leave the door open to others, or shut to everybody.
    ///
    /// # Errors
    /// See [`SettingsError`]; the message says what to change.
    pub fn validate(&self, listen: SocketAddr) -> Result<(), SettingsError> {
        let keys: &[ApiKey] = match &self.access {
            Access::Loopback => &[],
            Access::Keys(keys) => keys,
        };
        if keys.is_empty() && !listen.ip().is_loopback() {
            return Err(SettingsError::Open { listen });
        }
        let mut names = BTreeSet::new();
        for key in keys {
            if key.is_without_scopes() {
                return Err(SettingsError::NoScopes { name: key.name().to_owned() });
            }
            if !names.insert(key.name()) {
                return Err(SettingsError::SameName { name: key.name().to_owned() });
            }
        }
        let (max_body_bytes, max_bytes_in_flight) = (self.max_body_bytes, self.max_bytes_in_flight);
        if max_body_bytes == 0 || max_body_bytes > max_bytes_in_flight {
            return Err(SettingsError::Limits { max_body_bytes, max_bytes_in_flight });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::Scope;

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    fn key(name: &str, scopes: &[Scope]) -> ApiKey {
        ApiKey::new(name, &ApiKey::hash_of("secret"), scopes.iter().copied()).unwrap()
    }

    fn with_keys(keys: Vec<ApiKey>) -> Settings {
        Settings { access: Access::Keys(keys), ..Settings::default() }
    }

    #[test]
    fn loopback_needs_no_key() {
        assert_eq!(Settings::default().validate(address("127.0.0.1:8081")), Ok(()));
        assert_eq!(Settings::default().validate(address("[::1]:8081")), Ok(()));
    }

    #[test]
    fn another_address_without_a_key_is_refused_and_the_message_says_what_to_add() {
        for settings in [Settings::default(), with_keys(Vec::new())] {
            let error = settings.validate(address("0.0.0.0:8081")).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("0.0.0.0:8081") && text.contains("[[ingest.keys]]"), "{text}");
        }
        assert_eq!(with_keys(vec![key("shop", &[Scope::Ingest])]).validate(address("0.0.0.0:8081")), Ok(()));
    }

    #[test]
    fn keys_without_scopes_or_with_one_name_are_refused() {
        let listen = address("127.0.0.1:8081");
        let error = with_keys(vec![key("shop", &[])]).validate(listen).unwrap_err();
        assert_eq!(error, SettingsError::NoScopes { name: "shop".into() });
        let twice = vec![key("shop", &[Scope::Read]), key("shop", &[Scope::Ingest])];
        assert_eq!(with_keys(twice).validate(listen), Err(SettingsError::SameName { name: "shop".into() }));
    }

    #[test]
    fn limits_that_let_nothing_in_are_refused() {
        let listen = address("127.0.0.1:8081");
        for (max_body_bytes, max_bytes_in_flight) in [(0, 1), (2, 1)] {
            let settings = Settings { max_body_bytes, max_bytes_in_flight, ..Settings::default() };
            assert!(matches!(settings.validate(listen), Err(SettingsError::Limits { .. })));
        }
    }
}
