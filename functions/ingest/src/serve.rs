//! Serving a router to clients that may be many, slow or gone.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{debug, warn};

use crate::answer::Failure;

/// Connections over the limit that are still answered, if only to be sent away.
const SPARE: usize = 64;
/// Bytes of a request that are held before somebody asks for them.
const BUFFER_BYTES: usize = 64 << 10;
/// Before the next try, when the system has no room for another connection.
const PAUSE: Duration = Duration::from_millis(100);
/// Files that the process needs for other things than connections.
const OWN_FILES: usize = 256;

/// Limits of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ServeLimits {
    /// Connections open at once; fewer if the system allows the process fewer files. One more is asked to come back,
    /// but its `/health` is answered.
    pub max_connections: usize,
    /// How long the head of a request may take, and a connection be idle.
    pub header_timeout: Duration,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self { max_connections: 10_000, header_timeout: Duration::from_secs(30) }
    }
}

/// Serves a router until it is told to stop; answers when the requests begun before are answered.
pub async fn serve(listener: TcpListener, router: Router, limits: ServeLimits, stop: CancellationToken) {
    let most = most(limits.max_connections);
    let open = Arc::new(Semaphore::new(most));
    let spare = Arc::new(Semaphore::new(SPARE));
    let (full, connections) = (sent_away(router.clone()), TaskTracker::new());
    let mut is_full = false;
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        let stream = match accepted {
            Ok((stream, _)) => stream,
            Err(error) => {
                wait_for_room(&error).await;
                continue;
            }
        };
        // Answers are short, and somebody waits for each.
        let _ = stream.set_nodelay(true);
        if let Ok(permit) = Arc::clone(&open).try_acquire_owned() {
            is_full = false;
            connections.spawn(connection(stream, router.clone(), true, limits, stop.clone(), permit));
            continue;
        }
        if !is_full {
            warn!(connections.limit = most, "all `{most}` connections are taken; others are sent away");
        }
        is_full = true;
        // Even who is sent away holds a connection for a moment; beyond those it is closed.
        if let Ok(permit) = Arc::clone(&spare).try_acquire_owned() {
            connections.spawn(connection(stream, full.clone(), false, limits, stop.clone(), permit));
        }
    }
    drop(listener);
    connections.close();
    connections.wait().await;
}

async fn connection(
    stream: TcpStream,
    router: Router,
    is_kept: bool,
    limits: ServeLimits,
    stop: CancellationToken,
    _permit: OwnedSemaphorePermit,
) {
    let mut builder = http1::Builder::new();
    let header_timeout = if is_kept { limits.header_timeout } else { limits.header_timeout.min(PAUSE * 20) };
    builder.timer(TokioTimer::new()).header_read_timeout(header_timeout);
    builder.keep_alive(is_kept).max_buf_size(BUFFER_BYTES);
    let mut serving = pin!(builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(router)));
    let mut served = stop.run_until_cancelled(serving.as_mut()).await;
    if served.is_none() {
        serving.as_mut().graceful_shutdown();
        served = Some(serving.await);
    }
    if let Some(Err(error)) = served {
        // A client that went away or was too slow; hyper's message holds nothing of what was sent.
        debug!("a connection ended early: {error}");
    }
}

/// The same router for a connection too many: one request, and of those only `/health` is done.
fn sent_away(router: Router) -> Router {
    router.layer(from_fn(async |request: Request, next: Next| {
        let answer = match request.uri().path() {
            "/health" => next.run(request).await,
            _ => Failure::full().into_response(),
        };
        Ok::<_, Infallible>(answer)
    }))
}

async fn wait_for_room(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        warn!("cannot take a connection, trying again: {error}");
        tokio::time::sleep(PAUSE).await;
    }
}

/// As many as were asked for, or as the system has files for.
fn most(asked: usize) -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let files = files.and_then(|numbers| numbers.split_whitespace().next()?.parse::<usize>().ok());
    let room = files.map_or(asked, |files| files.saturating_sub(OWN_FILES + SPARE).max(files / 4));
    asked.min(room).clamp(1, Semaphore::MAX_PERMITS)
}
