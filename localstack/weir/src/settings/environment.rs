//! `WEIR_…` variables.

use super::{DAY, Durability, LEAST_BYTES, Settings, SettingsError, in_range, jobs, parse};

/// Variables that are read elsewhere.
const OTHERS: [&str; 5] = ["WEIR_HOME", "WEIR_CONFIG", "WEIR_API_KEY", "WEIR_LOG", "WEIR_FAULT"];

/// Variables that set what `weir.toml` can set.
const KNOWN: [&str; 13] = [
    "WEIR_CURRENCY",
    "WEIR_DURABILITY",
    "WEIR_MIN_FREE_BYTES",
    "WEIR_INGEST_LISTEN",
    "WEIR_PAGE_LISTEN",
    "WEIR_MAX_BODY_BYTES",
    "WEIR_MAX_WAITING",
    "WEIR_BATCH_SIZE",
    "WEIR_RETENTION_DAYS",
    "WEIR_RETENTION_BYTES",
    "WEIR_COMMIT_INTERVAL_MS",
    "WEIR_MODEL",
    "WEIR_POLICY",
];

/// Puts what the environment says over the file.
pub(super) fn apply(
    settings: &mut Settings,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<(), SettingsError> {
    for (name, value) in variables.filter(|(name, _)| name.starts_with("WEIR_")) {
        set(settings, &name, &value)?;
    }
    Ok(())
}

fn set(settings: &mut Settings, name: &str, value: &str) -> Result<(), SettingsError> {
    match name {
        "WEIR_CURRENCY" => settings.currency = parse(name, value, "an ISO 4217 code such as `EUR`")?,
        "WEIR_DURABILITY" => settings.durability = durability(name, value)?,
        "WEIR_MIN_FREE_BYTES" => {
            settings.min_free_bytes = in_range(name, parse(name, value, "a number of bytes")?, 0, 1 << 50)?;
        }
        "WEIR_INGEST_LISTEN" => {
            settings.ingest_listen = parse(name, value, "an address such as `127.0.0.1:8081`")?;
        }
        "WEIR_PAGE_LISTEN" => {
            settings.page_listen = parse(name, value, "an address such as `127.0.0.1:8080`")?;
        }
        "WEIR_MAX_BODY_BYTES" => {
            let bytes = in_range(name, parse(name, value, "a number of bytes")?, 1_024, 1 << 30)?;
            settings.max_body_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        }
        "WEIR_MAX_WAITING" => {
            settings.max_waiting =
                in_range(name, parse(name, value, "a number of records")?, 1_000, 100_000_000)?;
        }
        "WEIR_MAX_WAITING_SECONDS" => {
            settings.max_waiting_seconds =
                in_range(name, parse(name, value, "a number of seconds")?, 1, 86_400)?;
        }
        "WEIR_BATCH_SIZE" => {
            settings.batch_size = in_range(name, parse(name, value, "a number")?, 1, 10_000)? as usize;
        }
        "WEIR_COMMIT_INTERVAL_MS" => {
            settings.commit_interval_ms =
                in_range(name, parse(name, value, "milliseconds")?, 500, 3_600_000)?;
        }
        "WEIR_RETENTION_DAYS" => {
            let days = in_range(name, parse(name, value, "a number of days")?, 1, 3_650)?;
            settings.retention.max_age = DAY.saturating_mul(days as u32);
        }
        "WEIR_RETENTION_BYTES" => {
            let bytes = parse(name, value, "a number of bytes")?;
            settings.retention.max_bytes = in_range(name, bytes, LEAST_BYTES, 1 << 50)?;
        }
        "WEIR_MODEL" => settings.model = Some(value.into()),
        "WEIR_POLICY" => settings.policy = Some(value.into()),
        other if jobs::from_variable(&mut settings.jobs, other, value)? => {}
        other if OTHERS.contains(&other) => {}
        other => {
            let of_jobs = jobs::VARIABLES.map(|(variable, _)| variable);
            let known = [KNOWN.as_slice(), of_jobs.as_slice()].concat().join(", ");
            return Err(SettingsError::new(other, format!("is not a setting; the settings are {known}")));
        }
    }
    Ok(())
}

fn durability(name: &str, value: &str) -> Result<Durability, SettingsError> {
    match value {
        "power" => Ok(Durability::Power),
        "process" => Ok(Durability::Process),
        _ => Err(SettingsError::new(name, format!("found `{value}`, expected `power` or `process`"))),
    }
}
