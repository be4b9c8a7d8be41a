//! `weir erase`: destroy the key of a customer's personal data.

use anyhow::{Context, Result, bail};
use weir_events::EntityKey;
use weir_keyring::Keyring;

use crate::cli;
use crate::home::Home;
use crate::output;
use crate::settings::Settings;
use crate::system::Parts;

pub(crate) async fn run(arguments: &cli::Erase, global: &cli::Global, home: &Home) -> Result<()> {
    let subject: EntityKey = arguments.customer_key.parse().context("cannot read the customer key")?;
    if !arguments.yes {
        bail!("this cannot be undone; say it again with --yes");
    }
    if !home.exists() {
        bail!("there is no home at {}", home.root().display());
    }
    let _held = home.hold()?;
    let parts = Box::pin(Parts::open(home, &Settings::load(global.config.as_deref())?)).await?;
    let had_key = parts.keyring.destroy(&subject).await?;
    if global.json {
        return output::json(&serde_json::json!({ "customer_key": subject, "had_key": had_key }));
    }
    output::line(match had_key {
        true => format!(
            "the key of {subject} is destroyed: every copy of this customer's personal data is unreadable"
        ),
        false => format!("{subject} has no key: there was no personal data, or it is erased already"),
    })
}
