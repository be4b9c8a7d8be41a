//! `weir run`: the system, until Ctrl-C.

use anyhow::Result;

use crate::cli;
use crate::home::Home;
use crate::output;
use crate::settings::{Settings, SettingsError};
use crate::system::System;

pub(crate) async fn run(arguments: &cli::Run, global: &cli::Global, home: &Home) -> Result<()> {
    let mut settings = Settings::load(global.config.as_deref())?.with_listen(&arguments.listen);
    if let Some(code) = &arguments.currency {
        settings.currency = code.parse().map_err(|error: weir_events::CurrencyError| {
            SettingsError::new("--currency", error.to_string())
        })?;
    }
    settings.is_chaos = arguments.chaos;
    let system = Box::pin(System::start(home.hold()?, settings)).await?;
    announce(&system, global.json)?;
    let outcome = tokio::select! {
        signal = stop_asked() => signal,
        () = left_alone(), if arguments.chaos => Ok(()),
        fault = system.fault() => Err(fault),
    };
    stop(system).await?;
    outcome
}

/// Waits until the supervisor is gone: then nobody holds the other end of stdin any more.
async fn left_alone() {
    let (gone, is_gone) = tokio::sync::oneshot::channel();
    // A thread of its own: it must not keep the runtime from ending.
    std::thread::spawn(move || {
        let end = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        let _ended_before = gone.send(end);
    });
    drop(is_gone.await);
}

/// Waits for Ctrl-C or the service manager's request to end.
pub(crate) async fn stop_asked() -> Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        pressed = tokio::signal::ctrl_c() => Ok(pressed?),
        _ = terminate.recv() => Ok(()),
    }
}

/// Finishes what is begun; a second Ctrl-C does not wait.
pub(crate) async fn stop(system: System) -> Result<()> {
    tracing::info!("finishing what is begun; Ctrl-C again stops at once, nothing is lost either way");
    tokio::select! {
        stopped = Box::pin(system.stop()) => stopped,
        _ = stop_asked() => Ok(()),
    }
}

/// Says where everything is.
pub(crate) fn announce(system: &System, json: bool) -> Result<()> {
    let lines = banner(system);
    if !json {
        return lines.iter().try_for_each(output::line);
    }
    output::json(&serde_json::json!({
        "home": system.home().root(),
        "ingest": system.ingest_address,
        "page": system.page_address,
        "currency": system.settings.currency,
    }))
}

/// Home, keys, ports, page, model.
pub(crate) fn banner(system: &System) -> Vec<String> {
    let keys = system.parts.keyring.key_path().display().to_string();
    let made =
        if system.parts.keyring_is_new { "made just now: back it up, apart from the data" } else { "in use" };
    let settings = &system.settings;
    let source = settings.source.as_ref().map_or_else(
        || "defaults (`weir init` writes a commented weir.toml)".to_owned(),
        |path| path.display().to_string(),
    );
    vec![
        format!("home      {}", system.home().root().display()),
        format!("keys      {keys} ({made})"),
        format!("settings  {source}; currency {}", settings.currency),
        format!("model     {}", system.model()),
        format!("api       http://{}  (/openapi.json describes it)", system.ingest_address),
        format!("page      http://{}", system.page_address),
    ]
}
