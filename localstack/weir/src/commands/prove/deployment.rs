//! The system under proof: `weir run` in a process of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::client::Client;
use crate::home::Home;
use crate::supervised::{Launch, Supervised, with_port};

/// The system under proof.
pub(super) struct Deployment(Supervised);

impl Deployment {
    /// Starts it on a home, at an address that it keeps over all its lives.
    pub(super) async fn start(home: &Home, config: Option<&Path>) -> Result<Self> {
        std::fs::create_dir_all(home.root()).context("cannot make the temporary home")?;
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let mut launch = Launch::new(home, with_port(any_port)?, any_port);
        launch.arguments.extend(config.into_iter().flat_map(|path| ["--config".into(), path.into()]));
        Ok(Self(Supervised::start(launch).await?))
    }

    pub(super) fn base(&self) -> String {
        self.0.base()
    }

    pub(super) fn client(&self) -> Result<Client> {
        Client::at(self.base(), None)
    }

    /// Kill -9, and a start; answers how long it took until it served again.
    pub(super) async fn kill(&mut self) -> Result<Duration> {
        self.0.kill().await
    }

    /// Ctrl-C, until everything that was taken in is in the lake.
    pub(super) async fn finish(mut self) -> Result<()> {
        self.0.finish().await.map(drop)
    }
}
