//! The same over a real socket.

use axum::http::StatusCode;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use weir_ingest::Settings;

use crate::support::Deployment;

/// Sends a request and answers the status line's code.
async fn exchange(deployment: Deployment, head: String, body: Vec<u8>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = deployment.router;
    let server = tokio::spawn(async move { axum::serve(listener, router).await });
    let (mut reading, mut writing) = TcpStream::connect(address).await.unwrap().into_split();
    let sender = tokio::spawn(async move {
        writing.write_all(head.as_bytes()).await?;
        writing.write_all(&body).await?;
        // The write half stays open until the answer is read.
        Ok::<_, std::io::Error>(writing)
    });
    let mut answer = Vec::new();
    let mut buffer = [0; 4_096];
    while !answer.windows(4).any(|window| window == b"\r\n\r\n") {
        let count = reading.read(&mut buffer).await.unwrap();
        assert!(count > 0, "the connection was closed without an answer");
        answer.extend_from_slice(&buffer[..count]);
    }
    server.abort();
    drop(sender.await);
    let text = String::from_utf8(answer).unwrap();
    text.split(' ').nth(1).unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sender_of_too_much_gets_an_answer() {
    let body = vec![b'['; 10 << 20];
    let head = format!(
        "POST /transactions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    assert_eq!(exchange(Deployment::new(), head, body).await, StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_sent_away_while_still_sending_gets_the_answer() {
    let deployment = Deployment::with(Settings { max_waiting: 10, ..Settings::default() });
    deployment.ingest.set_waiting(11);
    let body = vec![b' '; 4 << 20];
    let head = format!(
        "POST /transactions HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    assert_eq!(exchange(deployment, head, body).await, StatusCode::TOO_MANY_REQUESTS);
}
