//! `weir run` in a process of its own, which is killed and started again.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::client::Client;
use crate::home::Home;

/// How long a start or an end may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Pause between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The system under proof.
pub(super) struct Deployment {
    home: Home,
    address: String,
    child: Child,
}

impl Deployment {
    /// Starts it on a home, at an address that it keeps over all its lives.
    pub(super) async fn start(home: &Home) -> Result<Self> {
        let free = TcpListener::bind("127.0.0.1:0").context("cannot find a free port")?;
        let address = free.local_addr()?.to_string();
        drop(free);
        std::fs::create_dir_all(home.root()).context("cannot make the temporary home")?;
        let child = spawn(home, &address)?;
        let mut deployment = Self { home: home.clone(), address, child };
        deployment.ready().await?;
        Ok(deployment)
    }

    pub(super) fn base(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(super) fn client(&self) -> Result<Client> {
        Client::at(self.base(), None)
    }

    /// Kill -9, and a start; answers how long it took until it served again.
    pub(super) async fn kill(&mut self) -> Result<Duration> {
        self.child.kill().context("cannot kill the system")?;
        self.child.wait()?;
        let started = Instant::now();
        self.child = spawn(&self.home, &self.address)?;
        self.ready().await?;
        Ok(started.elapsed())
    }

    /// Ctrl-C, until everything that was taken in is in the lake.
    pub(super) async fn finish(mut self) -> Result<()> {
        let id = self.child.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().context("cannot run `kill`")?;
        let started = Instant::now();
        while self.child.try_wait()?.is_none() {
            if started.elapsed() > PATIENCE {
                bail!("the system did not end within {} s of Ctrl-C", PATIENCE.as_secs());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(())
    }

    async fn ready(&mut self) -> Result<()> {
        let started = Instant::now();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        let url = format!("{}/ready", self.base());
        loop {
            if http.get(&url).send().await.is_ok_and(|answer| answer.status() == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!("the system ended while it started: {status}; its log is above");
            }
            if started.elapsed() > PATIENCE {
                bail!("the system was not ready within {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn spawn(home: &Home, address: &str) -> Result<Child> {
    let program = std::env::current_exe().context("cannot find this program's own file")?;
    let mut command = Command::new(program);
    command
        .args(["run", "--ingest-listen", address, "--page-listen", "127.0.0.1:0"])
        .env("WEIR_HOME", home.root())
        .env_remove("WEIR_FAULT")
        .stdin(Stdio::null())
        .stdout(Stdio::null());
    if std::env::var_os("WEIR_LOG").is_none() {
        command.env("WEIR_LOG", "error");
    }
    command.spawn().context("cannot start `weir run`")
}
