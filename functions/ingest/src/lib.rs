#![doc = include_str!("../README.md")]

mod access;
mod answer;
mod body;
mod context;
mod items;
mod letters;
mod limit;
mod look;
mod openapi;
mod publish;
mod router;
mod score;
mod send;
mod serve;
mod settings;

pub use access::{Access, ApiKey, ApiKeyError, Scope, ScopeError, names_loopback};
pub use answer::Rejection;
pub use context::{Context, Counted};
pub use publish::{LABELS, TRANSACTIONS};
pub use router::{ROUTES, router};
pub use serve::{ServeLimits, serve};
pub use settings::{Settings, SettingsError};
