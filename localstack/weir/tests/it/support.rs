//! A running Weir, and what its user can ask it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use weir_events::Transaction;

/// How long anything may take on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A command of the program on a home, with the environment of the tests.
pub(crate) fn command(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_weir"));
    command.env("WEIR_HOME", home).env("WEIR_LOG", "warn").stdin(Stdio::null());
    // Away from this repository, so that no weir.toml of its folders is read.
    command.current_dir(home.ancestors().skip(1).find(|folder| folder.is_dir()).unwrap());
    command
}

/// A copy of a committed sample in a folder where its rejects may be written.
pub(crate) fn sample(folder: &Path, name: &str) -> String {
    let path = folder.join(name);
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/samples").join(name), &path)
        .unwrap();
    path.to_string_lossy().into_owned()
}

/// Runs a command to its end.
pub(crate) fn weir(home: &Path, arguments: &[&str]) -> Output {
    command(home).args(arguments).output().unwrap()
}

/// Runs a command that must succeed; its stdout.
pub(crate) fn succeed(home: &Path, arguments: &[&str]) -> String {
    let output = weir(home, arguments);
    assert!(
        output.status.success(),
        "weir {arguments:?} ended with {}: {}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// Rows of a query on the lake.
pub(crate) fn sql(home: &Path, query: &str) -> Vec<Value> {
    serde_json::from_str(&succeed(home, &["sql", "--format", "json", query])).unwrap()
}

/// The one number that a query answers.
pub(crate) fn number(home: &Path, query: &str) -> u64 {
    let rows = sql(home, query);
    let row = rows[0].as_object().unwrap();
    let value = row.values().next().unwrap();
    value.as_u64().or_else(|| value.as_str().and_then(|text| text.parse().ok())).unwrap()
}

/// `weir run` in a process of its own.
pub(crate) struct Running {
    child: Child,
    home: PathBuf,
    pub(crate) base: String,
    pub(crate) page: String,
    http: reqwest::Client,
}

impl Running {
    /// Starts the system and waits until it is ready.
    pub(crate) async fn start(home: &Path, environment: &[(&str, &str)]) -> Self {
        let mut command = command(home);
        command.args(["run", "--ingest-listen", "127.0.0.1:0", "--page-listen", "127.0.0.1:0"]);
        command.env("WEIR_COMMIT_INTERVAL_MS", "500").stdout(Stdio::null()).stderr(Stdio::inherit());
        command.envs(environment.iter().copied());
        let mut child = command.spawn().unwrap();
        let started = Instant::now();
        let http = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
        loop {
            if let Some((base, page)) = addresses(home, child.id())
                && http.get(format!("{base}/ready")).send().await.is_ok_and(|answer| answer.status() == 200)
            {
                return Self { child, home: home.to_owned(), base, page, http };
            }
            assert!(child.try_wait().unwrap().is_none(), "the system ended while starting");
            assert!(started.elapsed() < PATIENCE, "the system did not become ready");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Posts lines; the accepted count, or nothing if the system did not answer.
    pub(crate) async fn post(&self, path: &str, kind: &'static str, body: Vec<u8>) -> Option<(u16, Value)> {
        let request = self.http.post(format!("{}{path}", self.base)).header("content-type", kind).body(body);
        let answer = request.send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, serde_json::from_slice(&answer.bytes().await.ok()?).unwrap_or(Value::Null)))
    }

    /// Gets a document.
    pub(crate) async fn get(&self, path: &str) -> Option<(u16, Value)> {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.ok()?;
        let status = answer.status().as_u16();
        Some((status, serde_json::from_slice(&answer.bytes().await.ok()?).unwrap_or(Value::Null)))
    }

    /// Gets a page of text.
    pub(crate) async fn text(&self, path: &str) -> String {
        let answer = self.http.get(format!("{}{path}", self.base)).send().await.unwrap();
        answer.error_for_status().unwrap().text().await.unwrap()
    }

    /// Whether the process has ended by itself.
    pub(crate) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// Ends the process as a power cut would, without asking.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ctrl-C; waits for the end.
    pub(crate) fn interrupt(mut self) -> ExitStatus {
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

impl Drop for Running {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _ended_already = self.child.wait();
    }
}

/// Where the process with this id listens, once it says so in the lock file of the home.
fn addresses(home: &Path, pid: u32) -> Option<(String, String)> {
    let holder: Value = serde_json::from_slice(&std::fs::read(home.join("lock")).ok()?).ok()?;
    if holder["pid"].as_u64()? != u64::from(pid) {
        return None;
    }
    let url = |name: &str| holder[name].as_str().map(|address| format!("http://{address}"));
    Some((url("ingest")?, url("page")?))
}

/// Waits until a query answers a number, and fails with what it answered last.
pub(crate) async fn wait_for(home: &Path, query: &str, expected: u64) {
    let started = Instant::now();
    loop {
        let output = weir(home, &["sql", "--format", "json", query]);
        let found = serde_json::from_slice::<Vec<BTreeMap<String, Value>>>(&output.stdout)
            .ok()
            .and_then(|rows| rows.first()?.values().next()?.as_u64());
        if found == Some(expected) {
            return;
        }
        assert!(started.elapsed() < PATIENCE, "`{query}` answers {found:?}, expected {expected}");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

/// Transactions as the lines of a request.
pub(crate) fn lines(transactions: &[Transaction]) -> Vec<u8> {
    let mut body = Vec::new();
    for transaction in transactions {
        body.extend(transaction.to_json());
        body.push(b'\n');
    }
    body
}
