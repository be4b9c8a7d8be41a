//! `weir run` in a process of its own, which is killed and started again.

use std::ffi::OsString;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::home::Home;

/// How long a start or an end may take.
const PATIENCE: Duration = Duration::from_secs(120);

/// Pause between two looks.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// Number of the signal that nobody can refuse.
const KILL: i32 = 9;

/// How each life is started.
#[derive(Clone, Debug)]
pub(crate) struct Launch {
    pub(crate) home: Home,
    /// Address of the HTTP API, the same in every life.
    pub(crate) ingest: SocketAddr,
    pub(crate) page: SocketAddr,
    /// Arguments beside the addresses.
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(&'static str, String)>,
    /// What is logged, unless `WEIR_LOG` says otherwise.
    pub(crate) log: &'static str,
}

/// A system that lives as long as its supervisor lets it.
pub(crate) struct Supervised {
    launch: Launch,
    child: Child,
}

/// How a start came out.
pub(crate) enum Begun {
    /// It serves.
    Ready,
    /// It ended before.
    Ended(ExitStatus),
}

impl Launch {
    pub(crate) fn new(home: &Home, ingest: SocketAddr, page: SocketAddr) -> Self {
        let (arguments, environment) = (Vec::new(), Vec::new());
        Self { home: home.clone(), ingest, page, arguments, environment, log: "error" }
    }

    fn spawn(&self) -> Result<Child> {
        let program = std::env::current_exe().context("cannot find this program's own file")?;
        let mut command = Command::new(program);
        command
            .args(["run", "--ingest-listen", &self.ingest.to_string()])
            .args(["--page-listen", &self.page.to_string()])
            .args(&self.arguments)
            .env("WEIR_HOME", self.home.root())
            .env_remove("WEIR_FAULT")
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            // Its end tells the child that its supervisor is gone.
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            // Ctrl-C in the terminal is for the supervisor, which then says when to end.
            .process_group(0);
        if std::env::var_os("WEIR_LOG").is_none() {
            command.env("WEIR_LOG", self.log);
        }
        command.spawn().context("cannot start `weir run`")
    }
}

impl Supervised {
    /// Starts the first life and waits until it serves.
    pub(crate) async fn start(launch: Launch) -> Result<Self> {
        let child = launch.spawn()?;
        let mut system = Self { launch, child };
        system.serving().await?;
        Ok(system)
    }

    /// Address of the HTTP API.
    pub(crate) fn base(&self) -> String {
        format!("http://{}", self.launch.ingest)
    }

    /// Kill -9, and a start; answers how long it took until it served again.
    pub(crate) async fn kill(&mut self) -> Result<Duration> {
        self.child.kill().context("cannot kill the system")?;
        self.child.wait()?;
        let started = Instant::now();
        self.again()?;
        self.serving().await?;
        Ok(started.elapsed())
    }

    /// Waits until this life ends.
    pub(crate) async fn ended(&mut self) -> Result<ExitStatus> {
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Starts the next life, after the end of the one before.
    pub(crate) fn again(&mut self) -> Result<()> {
        self.child = self.launch.spawn()?;
        Ok(())
    }

    /// Ctrl-C, until everything that was taken in is in the lake; answers how it ended.
    pub(crate) async fn finish(&mut self) -> Result<ExitStatus> {
        if let Some(status) = self.child.try_wait()? {
            return Ok(status);
        }
        let id = self.child.id().to_string();
        Command::new("kill").args(["-INT", &id]).status().context("cannot run `kill`")?;
        match tokio::time::timeout(PATIENCE, self.ended()).await {
            Ok(status) => status,
            Err(_) => bail!("the system did not end within {} s of Ctrl-C", PATIENCE.as_secs()),
        }
    }

    /// Waits until this life serves, or has ended before.
    pub(crate) async fn ready(&mut self) -> Result<Begun> {
        let started = Instant::now();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
        let url = format!("{}/ready", self.base());
        loop {
            if http.get(&url).send().await.is_ok_and(|answer| answer.status() == 200) {
                return Ok(Begun::Ready);
            }
            if let Some(status) = self.child.try_wait()? {
                return Ok(Begun::Ended(status));
            }
            if started.elapsed() > PATIENCE {
                bail!("the system was not ready within {} s", PATIENCE.as_secs());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    pub(crate) async fn serving(&mut self) -> Result<()> {
        match self.ready().await? {
            Begun::Ready => Ok(()),
            Begun::Ended(status) => bail!("the system ended while it started: {status}; its log is above"),
        }
    }
}

impl Drop for Supervised {
    fn drop(&mut self) {
        // It may have ended already; then there is nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address, with a free port if it names none, so that every life has the same.
pub(crate) fn with_port(address: SocketAddr) -> Result<SocketAddr> {
    if address.port() != 0 {
        return Ok(address);
    }
    let free = TcpListener::bind(address).context("cannot find a free port")?;
    Ok(free.local_addr()?)
}

/// Whether somebody killed it: it did not end by itself.
pub(crate) fn is_killed(status: ExitStatus) -> bool {
    status.signal() == Some(KILL)
}
