//! `weir train`: a model from labelled history.

use std::fs;

use anyhow::{Context, Result, bail};
use weir_datasets::Options;
use weir_features::FeatureSet;
use weir_generator::Generator;
use weir_training::{Item, Settings, TrainError, Trained};

use crate::cli;
use crate::output;
use crate::replay::{Event, FileEvents};
use crate::source::Rows;
use crate::system::policy_beside;

pub(crate) fn run(arguments: &cli::Train, json: bool) -> Result<()> {
    let set = FeatureSet::full();
    let trained = match &arguments.file {
        Some(file) => from_file(file, arguments, &set)?,
        None => {
            arguments.source.without_file()?;
            let demo = weir_training::demo_settings();
            let items = weir_training::generated(Generator::new(demo.shop)?);
            weir_training::train(items, &set, &demo.training)?
        }
    };
    let policy = policy_beside(&arguments.output);
    write(&arguments.output, &trained.model)?;
    write(&policy, &trained.policy)?;
    if json {
        return output::json(&trained.report);
    }
    output::line(trained.report.to_string())?;
    output::line(format!("wrote {} and {}", arguments.output.display(), policy.display()))?;
    output::line(format!("next: weir run --model {}", arguments.output.display()))
}

fn from_file(file: &std::path::Path, arguments: &cli::Train, set: &FeatureSet) -> Result<Trained> {
    let options = arguments.source.options(Options::default().currency)?;
    let mut events = FileEvents::open(file, &options, arguments.label_delay_days)?;
    let settings = Settings { label_delay_days: arguments.label_delay_days, ..Settings::default() };
    let items = std::iter::from_fn(|| events.next().transpose()).map(|event| match event {
        Ok(Event::Transaction(transaction)) => Ok(Item::Transaction(transaction)),
        Ok(Event::Label(label)) => Ok(Item::Label(label)),
        Err(error) => Err(std::io::Error::other(format!("{error:#}"))),
    });
    let trained = weir_training::train(items, set, &settings).map_err(|error: TrainError| {
        anyhow::Error::new(error).context(format!("cannot train on `{}`", file.display()))
    });
    let out_of_order = events.out_of_order();
    let told = rejects(&events.finish()?, &arguments.source);
    // What is rejected may be why there is too little to train on.
    let trained = match (trained, told?) {
        (Err(error), Some(told)) => return Err(error.context(told)),
        (trained, told) => {
            if let Some(told) = told {
                tracing::warn!("{told}");
            }
            trained?
        }
    };
    if out_of_order > 0 {
        bail!(
            "{out_of_order} events of `{}` come out of order of time, further than can be sorted here; sort the file",
            file.display()
        );
    }
    Ok(trained)
}

/// What to say about rejected rows, if there are any; an error if there are too many.
fn rejects(read: &Rows, source: &cli::Source) -> Result<Option<String>> {
    let Some(path) = &read.rejects_file else { return Ok(None) };
    let (rejected, rows) = (read.rejected, read.rows);
    let told = format!("{rejected} of {rows} rows could not be read; {} says which and why", path.display());
    if source.is_too_much(rows, rejected) {
        bail!("{told}: no model written; more may be rejected with --max-rejected-share");
    }
    Ok(Some(told))
}

fn write(path: &std::path::Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("cannot write `{}`", path.display()))
}
