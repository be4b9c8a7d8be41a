//! The two servers: the API and the page.

use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use weir_ingest::{Access, ApiKey, Scope, ServeLimits, names_loopback};

use crate::settings::{Settings, SettingsError};

/// How long open connections may take to finish.
const GRACE: Duration = Duration::from_secs(5);

/// Both servers, serving.
pub(super) struct Servers {
    pub(super) ingest_address: SocketAddr,
    pub(super) page_address: SocketAddr,
    stop: CancellationToken,
    handles: Vec<JoinHandle<()>>,
}

impl Servers {
    /// Serves both routers.
    pub(super) fn start(ingest: (TcpListener, Router), page: (TcpListener, Router)) -> Result<Self> {
        let stop = CancellationToken::new();
        let (ingest_address, page_address) = (ingest.0.local_addr()?, page.0.local_addr()?);
        let handles = vec![serve(ingest, &stop), serve(page, &stop)];
        Ok(Self { ingest_address, page_address, stop, handles })
    }

    /// Takes no more connections and lets requests finish.
    pub(super) async fn stop(&mut self) {
        self.stop.cancel();
        for handle in self.handles.drain(..) {
            if tokio::time::timeout(GRACE, handle).await.is_err() {
                tracing::warn!("a connection was still open after {} s", GRACE.as_secs());
            }
        }
    }
}

fn serve((listener, router): (TcpListener, Router), stop: &CancellationToken) -> JoinHandle<()> {
    tokio::spawn(weir_ingest::serve(listener, router, ServeLimits::default(), stop.clone()))
}

/// Answers only requests that were addressed to this machine: the page has no users yet.
pub(super) fn on_loopback_only(router: Router) -> Router {
    router.layer(from_fn(async |request: Request, next: Next| {
        if names_loopback(request.headers()) {
            next.run(request).await
        } else {
            (StatusCode::FORBIDDEN, "this page answers to 127.0.0.1 and localhost only\n").into_response()
        }
    }))
}

/// Takes both ports; a taken one is an error that names the flag that moves it.
pub(super) async fn bind(settings: &Settings) -> Result<(TcpListener, TcpListener)> {
    let ingest = bind_one(settings.ingest_listen, "--ingest-listen").await?;
    let page = bind_one(settings.page_listen, "--page-listen").await?;
    Ok((ingest, page))
}

async fn bind_one(address: SocketAddr, flag: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        let other = SocketAddr::new(address.ip(), address.port().saturating_add(1000));
        format!("cannot listen on {address}; choose another address with {flag}, for example {flag} {other}")
    })
}

/// Who may use the API; refuses settings that leave it open to others.
pub(super) fn access(settings: &Settings) -> Result<weir_ingest::Settings> {
    let access = if settings.api_keys.is_empty() { Access::Loopback } else { Access::Keys(keys(settings)?) };
    let defaults = weir_ingest::Settings::default();
    let max_bytes_in_flight = defaults.max_bytes_in_flight.max(settings.max_body_bytes);
    let (max_body_bytes, max_waiting) = (settings.max_body_bytes, settings.max_waiting);
    let ingest =
        weir_ingest::Settings { access, max_body_bytes, max_bytes_in_flight, max_waiting, ..defaults };
    ingest.validate(settings.ingest_listen).map_err(|error| wrong(&error))?;
    Ok(ingest)
}

fn keys(settings: &Settings) -> Result<Vec<ApiKey>> {
    let entries = settings.api_keys.iter();
    entries
        .map(|entry| {
            let scopes: Result<Vec<Scope>, _> = entry.scopes.iter().map(|scope| scope.parse()).collect();
            let scopes = scopes.map_err(|error: weir_ingest::ScopeError| wrong(&error))?;
            let key = ApiKey::new(entry.name.clone(), &entry.hash, scopes).map_err(|error| wrong(&error))?;
            Ok(match entry.limit_per_second {
                Some(limit) => key.limited_to(limit),
                None => key,
            })
        })
        .collect()
}

fn wrong(error: &impl std::fmt::Display) -> SettingsError {
    SettingsError::new("ingest", error.to_string())
}
