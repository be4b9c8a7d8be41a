//! Too few file descriptors for all who connect: it keeps some for its own work, says so, and goes on.

use std::net::TcpStream;
use std::time::Duration;

use weir_e2e::{Load, Shop, Weir, limited};

use crate::cuts::finish;

/// Enough to work, and far from enough for everybody.
const FILES: u32 = 200;
const CONNECTIONS: usize = 260;
/// A connection that waits to be taken in is made at once; more than may wait are not needed.
const CONNECTS_IN: Duration = Duration::from_millis(100);

#[tokio::test(flavor = "multi_thread")]
async fn without_file_descriptors_it_says_so_and_recovers() {
    let folder = tempfile::tempdir().unwrap();
    let (home, log) = (folder.path().join("home"), folder.path().join("log.txt"));
    let load = Load::new(Shop::new(2_000, 25).requests);
    let mut system = Weir::spawn_as(&home, &[], limited(&home, FILES, &log));
    system.ready().await;
    send_for(&load, &system, 500).await;

    let address = system.base().strip_prefix("http://").unwrap().to_owned();
    let address = address.parse().unwrap();
    let connect = |_| TcpStream::connect_timeout(&address, CONNECTS_IN).ok();
    let crowd: Vec<_> = (0..CONNECTIONS).filter_map(connect).collect();
    assert!(crowd.len() > 20, "only {} connections", crowd.len());
    send_for(&load, &system, 3_000).await;
    assert!(!system.has_ended(), "{}", std::fs::read_to_string(&log).unwrap());
    let said = std::fs::read_to_string(&log).unwrap();
    assert!(said.contains("connections are taken"), "{said}");

    drop(crowd);
    // Some connections of ours have to be made anew before all is as it was.
    for _ in 0..20 {
        load.send(&system, 6).await;
        tokio::time::sleep(Duration::from_millis(if load.left() > 0 { 500 } else { 0 })).await;
    }
    assert_eq!(load.left(), 0, "{}", std::fs::read_to_string(&log).unwrap());
    finish(&home, system, &load).await;
}

async fn send_for(load: &Load, system: &Weir, milliseconds: u64) {
    tokio::select! {
        () = load.send(system, 6) => {}
        () = tokio::time::sleep(Duration::from_millis(milliseconds)) => {}
    }
}
