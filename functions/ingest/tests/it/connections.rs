//! Clients that are many, slow, too generous or gone, against the server as the program runs it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::{CancellationToken, DropGuard};
use weir_ingest::{ServeLimits, Settings, serve};

use crate::support::{Deployment, order};

/// A deployment behind a real socket; stops when it is dropped.
pub(crate) struct Served {
    pub(crate) deployment: Deployment,
    pub(crate) address: SocketAddr,
    _stop: DropGuard,
}

pub(crate) async fn served(settings: Settings, limits: ServeLimits) -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, stop) = (listener.local_addr().unwrap(), CancellationToken::new());
    let deployment = Deployment::with(settings);
    tokio::spawn(serve(listener, deployment.router.clone(), limits, stop.clone()));
    Served { deployment, address, _stop: stop.drop_guard() }
}

impl Served {
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Asks for its health over a new connection; answers the status and how long it took.
    async fn health(&self) -> (u16, Duration) {
        let started = Instant::now();
        let mut stream = self.connect().await;
        stream.write_all(b"GET /health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n").await.unwrap();
        (status(&mut stream).await.unwrap_or(0), started.elapsed())
    }
}

/// The status of the next answer; `None` if the connection ends without one.
pub(crate) async fn status(stream: &mut TcpStream) -> Option<u16> {
    answer(stream).await?.split(' ').nth(1)?.parse().ok()
}

async fn answer(stream: &mut TcpStream) -> Option<String> {
    let (mut text, mut buffer) = (Vec::new(), [0; 4_096]);
    while !text.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = stream.read(&mut buffer).await.ok().filter(|count| *count > 0)?;
        text.extend_from_slice(&buffer[..count]);
    }
    String::from_utf8(text).ok()
}

pub(crate) fn post(path: &str, headers: &str) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n{headers}\r\n\r\n")
}

/// Memory of this process, bytes.
fn resident() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
}

/// Files this process may open, after asking for more: client and server are one process here.
fn files() -> usize {
    let own = std::process::id().to_string();
    let _ = std::process::Command::new("prlimit").args(["--pid", &own, "--nofile=24000:"]).output();
    let text = std::fs::read_to_string("/proc/self/limits").unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_thousand_connections_take_little_memory_and_do_not_keep_others_waiting() {
    let most = 10_000.min((files() - 1_000) / 2);
    let limits = ServeLimits { max_connections: most, header_timeout: Duration::from_secs(120) };
    let served = served(Settings::default(), limits).await;
    let before = resident();
    let mut idle = Vec::with_capacity(most);
    for number in 0..most {
        let mut stream = served.connect().await;
        // Some are in the middle of a request.
        if number % 10 == 0 {
            stream.write_all(b"POST /transactions HTTP/1.1\r\nhost:").await.unwrap();
        }
        idle.push(stream);
    }
    let mut active = idle.split_off(most - 100);
    for (number, stream) in active.iter_mut().enumerate().filter(|(number, _)| number % 10 != 0) {
        let body = order(&format!("order-{number}"), 500).to_string();
        let head = post("/transactions", &format!("content-length: {}", body.len()));
        stream.write_all(format!("{head}{body}").as_bytes()).await.unwrap();
        assert_eq!(status(stream).await, Some(202));
    }
    let (health, elapsed) = served.health().await;
    assert_eq!(health, 200);
    assert!(elapsed < Duration::from_secs(2), "health took {elapsed:?} beside {most} connections");
    let each = resident().saturating_sub(before) / most as u64;
    assert!(each < 64 << 10, "{each} bytes a connection");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_too_many_is_sent_away_and_asked_back() {
    let limits = ServeLimits { max_connections: 20, header_timeout: Duration::from_millis(800) };
    let served = served(Settings::default(), limits).await;
    let mut idle = Vec::new();
    for _ in 0..20 {
        idle.push(served.connect().await);
    }
    assert_eq!(served.health().await.0, 200);
    let body = order("order-1", 500).to_string();
    let request = format!("{}{body}", post("/transactions", &format!("content-length: {}", body.len())));
    let mut stream = served.connect().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    let text = answer(&mut stream).await.unwrap().to_lowercase();
    assert!(text.starts_with("http/1.1 503") && text.contains("retry-after: 1"), "{text}");
    // Connections that do nothing are closed, and there is room again.
    tokio::time::sleep(Duration::from_millis(1_600)).await;
    let mut stream = served.connect().await;
    stream.write_all(request.as_bytes()).await.unwrap();
    assert_eq!(status(&mut stream).await, Some(202));
    assert_eq!(idle[0].read(&mut [0; 16]).await.unwrap_or(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_a_byte_a_second_is_cut_off_and_others_are_not_slowed() {
    let settings = Settings { body_timeout: Duration::from_millis(500), ..Settings::default() };
    let limits = ServeLimits { header_timeout: Duration::from_millis(500), ..ServeLimits::default() };
    let served = served(settings, limits).await;
    for (start, expected) in [
        (String::new(), None),
        ("POST /transactions HTTP/1.1\r\n".to_owned(), None),
        (post("/transactions", "content-length: 1000"), Some(408)),
        (post("/transactions", "transfer-encoding: chunked"), Some(408)),
    ] {
        let mut stream = served.connect().await;
        stream.write_all(start.as_bytes()).await.unwrap();
        let started = Instant::now();
        let (mut reading, mut writing) = stream.into_split();
        let is_over = Arc::new(AtomicBool::new(false));
        let over = Arc::clone(&is_over);
        let slow = tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) && writing.write_all(b"1").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(1_000)).await;
            }
        });
        assert_eq!(served.health().await.0, 200);
        let mut text = Vec::new();
        let _ = tokio::time::timeout(Duration::from_secs(20), reading.read_to_end(&mut text)).await;
        let elapsed = started.elapsed();
        is_over.store(true, Ordering::Relaxed);
        assert!(elapsed < Duration::from_secs(10), "cut off after {elapsed:?} only");
        let text = String::from_utf8(text).unwrap();
        let found = text.split(' ').nth(1).and_then(|status| status.parse::<u16>().ok());
        // A head that never came may be answered 408 as well.
        assert!(found == expected || (expected.is_none() && found == Some(408)), "{start}: {text}");
        slow.await.unwrap();
    }
    assert!(served.deployment.records("transactions").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gigabyte_is_refused_without_being_kept() {
    let served = served(Settings::default(), ServeLimits::default()).await;
    let piece = vec![b'['; 1 << 20];
    for is_chunked in [false, true] {
        let header = if is_chunked {
            "transfer-encoding: chunked".to_owned()
        } else {
            format!("content-length: {}", 1 << 30)
        };
        let mut stream = served.connect().await;
        stream.write_all(post("/transactions", &header).as_bytes()).await.unwrap();
        let before = resident();
        let (mut reading, mut writing) = stream.into_split();
        let piece = piece.clone();
        let sender = tokio::spawn(async move {
            let mut sent = 0_u64;
            for _ in 0..1_024 {
                let head = if is_chunked { format!("{:x}\r\n", piece.len()) } else { String::new() };
                let tail: &[u8] = if is_chunked { b"\r\n" } else { b"" };
                for bytes in [head.as_bytes(), &piece, tail] {
                    if writing.write_all(bytes).await.is_err() {
                        return sent;
                    }
                }
                sent += piece.len() as u64;
            }
            sent
        });
        let mut text = vec![0; 64];
        let count = reading.read(&mut text).await.unwrap();
        let grown = resident().saturating_sub(before);
        assert!(text[..count].starts_with(b"HTTP/1.1 413"), "{}", String::from_utf8_lossy(&text[..count]));
        assert!(grown < 64 << 20, "memory grew by {grown} bytes");
        drop(reading);
        assert!(sender.await.unwrap() < 1 << 30, "all of it was read");
        assert_eq!(served.health().await.0, 200);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_body_cut_off_half_way_nothing_is_published() {
    let served = served(Settings::default(), ServeLimits::default()).await;
    let lines: Vec<String> =
        (0..20).map(|number| order(&format!("order-{number}"), 500).to_string()).collect();
    let body = lines.join("\n");
    for (declared, cut) in
        [(true, 1), (true, body.len() / 2), (true, body.len() - 1), (false, body.len() / 2)]
    {
        let size = if declared { body.len() } else { cut };
        let header = match declared {
            true => format!("content-length: {size}"),
            false => "transfer-encoding: chunked".to_owned(),
        };
        let chunk = if declared { String::new() } else { format!("{:x}\r\n", body.len()) };
        let mut stream = served.connect().await;
        let request = format!("{}{chunk}{}", post("/transactions", &header), &body[..cut]);
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        let answered = status(&mut stream).await;
        assert!(matches!(answered, None | Some(400)), "{answered:?}");
    }
    assert!(served.deployment.records("transactions").await.is_empty());
    assert_eq!(served.health().await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_whose_answer_was_lost_is_the_answer_to_the_repeat() {
    let served = served(Settings::default(), ServeLimits::default()).await;
    for number in 0..40_u64 {
        let id = format!("order-{number}");
        let body = order(&id, 500).to_string();
        let request = format!("{}{body}", post("/score", &format!("content-length: {}", body.len())));
        let mut stream = served.connect().await;
        stream.write_all(request.as_bytes()).await.unwrap();
        // Gone at some moment between the request's arrival and its answer.
        tokio::time::sleep(Duration::from_micros(number * 150)).await;
        stream.set_zero_linger().unwrap();
        drop(stream);
        let first = served.deployment.get(&format!("/decisions/{id}")).await;
        let answer = served.deployment.post_json("/score", &order(&id, 500)).await;
        assert_eq!(answer.status, 200, "{:?}", answer.body);
        if first.status == 200 {
            assert_eq!(answer.body["repeated"], true);
            assert_eq!(answer.body["position"], first.body["decision"]["position"]);
        }
    }
    // The stream tells each again; nothing is decided twice.
    let records = served.deployment.records("transactions").await;
    let result = weir_score::handle_transactions(&records, &served.deployment.score).await;
    assert!(result.failed.is_empty());
    assert_eq!(served.deployment.score.store().counts().await.unwrap().outbox, 40);
}
