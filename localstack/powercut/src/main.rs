//! `powercut FOLDER SOCKET [--journaled]`: mounts the disk and listens for commands.

use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::ExitCode;

#[cfg(target_os = "linux")]
fn run(folder: &str, socket: &str, model: weir_powercut::Model) -> std::io::Result<()> {
    let mounted = weir_powercut::Mounted::new(Path::new(folder), model)?;
    let listener = UnixListener::bind(socket)?;
    weir_powercut::serve(&listener, mounted.switch())
}

#[cfg(not(target_os = "linux"))]
fn run(_: &str, _: &str, _: weir_powercut::Model) -> std::io::Result<()> {
    Err(std::io::Error::new(std::io::ErrorKind::Unsupported, "powercut mounts on Linux only"))
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let ended = match words[..] {
        [folder, socket] => run(folder, socket, weir_powercut::Model::Strict),
        [folder, socket, "--journaled"] => run(folder, socket, weir_powercut::Model::Journaled),
        _ => {
            eprintln!("powercut FOLDER SOCKET [--journaled]: an in-memory disk whose power can be cut");
            return ExitCode::from(2);
        }
    };
    if let Err(error) = ended {
        eprintln!("powercut: {error}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
