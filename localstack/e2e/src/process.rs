//! `weir run` in a process of its own.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long anything may take on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The program: `WEIR_BIN`, or the one beside the tests.
fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("WEIR_BIN") {
        return path.into();
    }
    let test = std::env::current_exe().unwrap();
    let path = test.ancestors().nth(2).unwrap().join("weir");
    assert!(path.exists(), "`{}` is missing: `cargo build -p weir`, or set WEIR_BIN", path.display());
    path
}

/// A command of the program on a home.
pub fn command(home: &Path) -> Command {
    let mut command = Command::new(program());
    command.env_remove("WEIR_BIN").env("WEIR_HOME", home).env("WEIR_LOG", "warn").stdin(Stdio::null());
    // Settings of the home, if it has its own.
    let settings = home.join("weir.toml");
    if settings.exists() {
        command.env("WEIR_CONFIG", settings);
    }
    // Away from this repository, so that no weir.toml of its folders is read.
    command.current_dir(std::env::temp_dir());
    command
}

/// The same with so many file descriptors at most, and its log in a file.
pub fn limited(home: &Path, files: u32, log: &Path) -> Command {
    let mut command = Command::new("sh");
    command.arg("-c").arg(format!("ulimit -n {files}; exec \"$0\" \"$@\" 2>\"$LOG_FILE\"")).arg(program());
    command.env_remove("WEIR_BIN").env("WEIR_HOME", home).env("WEIR_LOG", "warn").env("LOG_FILE", log);
    command.stdin(Stdio::null()).current_dir(std::env::temp_dir());
    command
}

/// The system, until it is killed, interrupted or dropped.
pub struct Weir {
    child: Child,
    home: PathBuf,
    base: Option<String>,
    http: reqwest::Client,
}

impl Weir {
    /// Starts the process and does not wait for anything.
    pub fn spawn(home: &Path, environment: &[(&str, &str)]) -> Self {
        Self::spawn_as(home, environment, command(home))
    }

    /// The same by a command of the caller's, which may have limits of its own.
    pub fn spawn_as(home: &Path, environment: &[(&str, &str)], mut command: Command) -> Self {
        command.args(["run", "--ingest-listen", "127.0.0.1:0", "--page-listen", "127.0.0.1:0"]);
        command.env("WEIR_COMMIT_INTERVAL_MS", "500").stdout(Stdio::null()).stderr(Stdio::inherit());
        command.envs(environment.iter().copied());
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        Self { child: command.spawn().unwrap(), home: home.to_owned(), base: None, http }
    }

    /// Waits until it takes requests.
    pub async fn ready(&mut self) {
        let started = Instant::now();
        while !self.is_ready().await {
            assert!(!self.has_ended(), "the system ended while starting");
            assert!(started.elapsed() < PATIENCE, "the system did not become ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn is_ready(&mut self) -> bool {
        let Some(base) = address(&self.home, self.child.id()) else { return false };
        let answer = self.http.get(format!("{base}/ready")).send().await;
        self.base = Some(base);
        answer.is_ok_and(|answer| answer.status() == 200)
    }

    /// Where it listens.
    pub fn base(&self) -> &str {
        self.base.as_deref().unwrap()
    }

    /// Number of the process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Gets a document; nothing if there was no answer.
    pub async fn get(&self, path: &str) -> Option<(u16, Value)> {
        answer(self.http.get(format!("{}{path}", self.base()))).await
    }

    /// Posts a body.
    pub async fn post(&self, path: &str, kind: &'static str, body: Vec<u8>) -> Option<(u16, Value)> {
        answer(self.http.post(format!("{}{path}", self.base())).header("content-type", kind).body(body)).await
    }

    /// Whether the process has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Kill -9.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ctrl-C; waits for the end.
    pub fn interrupt(mut self) -> ExitStatus {
        let asked = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the system on {} did not end after Ctrl-C", self.home.display());
    }
}

impl Drop for Weir {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}

async fn answer(request: reqwest::RequestBuilder) -> Option<(u16, Value)> {
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    Some((status, serde_json::from_slice(&answer.bytes().await.ok()?).unwrap_or(Value::Null)))
}

/// Where the process with this id listens, once it says so in the lock file of the home.
fn address(home: &Path, pid: u32) -> Option<String> {
    let holder: Value = serde_json::from_slice(&std::fs::read(home.join("lock")).ok()?).ok()?;
    let is_its = holder["pid"].as_u64()? == u64::from(pid);
    holder["ingest"].as_str().filter(|_| is_its).map(|address| format!("http://{address}"))
}
