//! Tells the system what only its supervisor knows, and hears how it stands.

use std::convert::Infallible;
use std::time::Duration;

use anyhow::Result;
use tokio::sync::watch;
use weir_dashboard::CHAOS_HEADER;

use super::Show;
use crate::system::{Answered, Told};

/// How often.
const EVERY: Duration = Duration::from_millis(300);

/// How long an answer may take; who is dead does not answer.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Tells for ever.
pub(super) async fn tell(show: &Show<'_>, page: &str) -> Result<Infallible> {
    let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
    let url = format!("{page}/chaos/supervisor");
    loop {
        let lives = *show.lives.borrow();
        let acknowledged = show.acknowledged();
        let told = Told { acknowledged, kills: lives.kills, last_restart: lives.last_restart };
        if let Some(answered) = ask(&http, &url, &told).await {
            let known = |count: Option<u64>| count.map_or("–".to_owned(), |count| count.to_string());
            let Answered { lost, twice, waiting, .. } = answered;
            let (lost, twice, kills) = (known(lost), known(twice), lives.kills);
            let words =
                format!("lost {lost}, twice {twice}, {waiting} waiting, {kills} kills of the process");
            show.screen.progress(acknowledged, words);
            show.answered.send_replace(Some(answered));
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// The answer, if the system lives to give one.
async fn ask(http: &reqwest::Client, url: &str, told: &Told) -> Option<Answered> {
    let request =
        http.post(url).header(CHAOS_HEADER, "supervisor").header("content-type", "application/json");
    let answer = request.body(serde_json::to_vec(told).ok()?).send().await.ok()?;
    serde_json::from_slice(&answer.bytes().await.ok()?).ok()
}

/// Waits for an answer that is as it should be.
pub(super) async fn heard(
    answered: &watch::Sender<Option<Answered>>,
    is_right: impl Fn(&Answered) -> bool,
) -> Result<()> {
    let mut answers = answered.subscribe();
    answers.wait_for(|answer| answer.as_ref().is_some_and(&is_right)).await?;
    Ok(())
}
