//! One file a command.

mod dead_letters;
mod decision;
mod demo;
mod doctor;
mod erase;
mod extract;
mod features;
mod import;
mod init;
mod job;
mod jobs;
mod label;
mod mapping;
mod pins;
mod prove;
mod reset;
mod run;
mod score;
mod send;
mod sql;
mod stack;
mod train;

use std::process::ExitCode;

use anyhow::Result;

use crate::cli::{Cli, Command};
use crate::home::Home;
use crate::output;

/// Whether a command's output is the point, so that only warnings are logged.
pub(crate) const fn is_quiet(cli: &Cli) -> bool {
    !matches!(cli.command, Command::Run(_))
}

/// Runs the command that was asked for.
pub(crate) async fn run(cli: Cli) -> Result<ExitCode> {
    let home = Home::new(&cli.global.home);
    let global = &cli.global;
    match cli.command {
        Command::Demo(arguments) => return Box::pin(demo::run(&arguments, global, &home)).await,
        Command::Run(arguments) => Box::pin(run::run(&arguments, global, &home)).await?,
        Command::Init(arguments) => init::run(&arguments, global.json)?,
        Command::Doctor(arguments) => return doctor::run(&arguments, global, &home).await,
        Command::Reset(arguments) => reset::run(&arguments, &home, global.json)?,
        Command::Prove(arguments) => return Box::pin(prove::run(&arguments, global)).await,
        Command::Send(arguments) => return send::run(&arguments, global, &home).await,
        Command::Decision(arguments) => decision::run(&arguments, global, &home).await?,
        Command::Label(arguments) => label::run(&arguments, global, &home).await?,
        Command::Mapping(arguments) => return mapping::run(&arguments, global.json),
        Command::Train(arguments) => train::run(&arguments, global.json)?,
        Command::Score(arguments) => return score::run(&arguments, global, &home),
        Command::Sql(arguments) => Box::pin(sql::run(&arguments, global, &home)).await?,
        Command::Import(arguments) => return Box::pin(import::run(&arguments, global, &home)).await,
        Command::Extract(arguments) => return Box::pin(extract::run(&arguments, global, &home)).await,
        Command::Job(arguments) => return Box::pin(job::run(&arguments, global, &home)).await,
        Command::Jobs(arguments) => Box::pin(jobs::run(&arguments, global, &home)).await?,
        Command::Pins(asked) => Box::pin(pins::run(&asked, global, &home)).await?,
        Command::DeadLetters(arguments) => dead_letters::run(&arguments, global, &home).await?,
        Command::Features(arguments) => return features::run(&arguments, global.json),
        Command::Erase(arguments) => erase::run(&arguments, global, &home).await?,
        Command::Stack(arguments) => return Box::pin(stack::run(&arguments, global)).await,
        Command::Tables => output::line(weir_tables::markdown().trim_end())?,
        Command::Dictionary => output::line(weir_events::dictionary_markdown().trim_end())?,
    }
    Ok(ExitCode::SUCCESS)
}
