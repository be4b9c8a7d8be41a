//! Stands between the program and a service, and does to their connections what networks do.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

/// What becomes of a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It is passed on.
    Pass,
    /// It is closed at once: the service is away.
    Away,
    /// Every request is answered 503.
    Unavailable,
    /// It is passed on after so long.
    Slow(Duration),
    /// A conditional put is answered 409, as while another one of the same name is under way; others are passed on.
    Contended,
}

/// A proxy; it ends with the runtime.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    mode: watch::Sender<Mode>,
    /// Connections that were not just passed on.
    pub(crate) disturbed: Arc<AtomicU64>,
}

impl Proxy {
    /// A proxy before a service on loopback.
    pub(crate) async fn start(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (mode, modes) = watch::channel(Mode::Pass);
        let disturbed = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&disturbed);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let mut changed = modes.clone();
                let mode = *changed.borrow_and_update();
                if mode != Mode::Pass {
                    counter.fetch_add(1, Ordering::Relaxed);
                }
                tokio::spawn(async move {
                    tokio::select! {
                        // Connections that are kept open do not escape a change.
                        _ = changed.changed() => {}
                        () = serve(client, target, mode) => {}
                    }
                });
            }
        });
        Self { address, mode, disturbed }
    }

    /// From now on, for connections that are open too.
    pub(crate) fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

async fn serve(mut client: TcpStream, target: SocketAddr, mode: Mode) {
    match mode {
        Mode::Away => {}
        Mode::Unavailable => {
            let _head = head(&mut client).await;
            answer(&mut client, "503 Service Unavailable", "SlowDown").await;
        }
        Mode::Contended => {
            let head = head(&mut client).await;
            let text = String::from_utf8_lossy(&head).to_lowercase();
            if text.starts_with("put") && text.contains("if-none-match") {
                answer(&mut client, "409 Conflict", "ConditionalRequestConflict").await;
            } else {
                pass(client, target, &head).await;
            }
        }
        Mode::Slow(time) => {
            tokio::time::sleep(time).await;
            pass(client, target, &[]).await;
        }
        Mode::Pass => pass(client, target, &[]).await,
    }
}

async fn pass(mut client: TcpStream, target: SocketAddr, first: &[u8]) {
    let Ok(mut service) = TcpStream::connect(target).await else { return };
    if service.write_all(first).await.is_ok() {
        let _ended = tokio::io::copy_bidirectional(&mut client, &mut service).await;
    }
}

/// What comes until the end of the first head.
async fn head(client: &mut TcpStream) -> Vec<u8> {
    let mut head = Vec::new();
    while !head.windows(4).any(|window| window == b"\r\n\r\n") {
        match client.read_buf(&mut head).await {
            Ok(0) | Err(_) => break,
            Ok(_) => {}
        }
    }
    head
}

async fn answer(client: &mut TcpStream, status: &str, code: &str) {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>later</Message></Error>");
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    let _gone = client.write_all(text.as_bytes()).await;
    let _gone = client.shutdown().await;
    // Whatever the client still sends is taken, so that it reads the answer and not a reset.
    let mut rest = Vec::new();
    let _gone = tokio::time::timeout(Duration::from_secs(1), client.read_to_end(&mut rest)).await;
}
