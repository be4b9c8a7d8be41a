//! The switch on a socket, a line a command, for programs in other languages and for a shell.

use std::io::{self, BufRead, BufReader, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::time::Duration;

use crate::Switch;

/// Answers commands until the listener fails; one client after another.
///
/// | line | what |
/// |---|---|
/// | `cut` or `cut SEED` | the power goes; with a seed, chance lets some of the unsynced survive |
/// | `on` | the power is back |
/// | `full`, `leave BYTES`, `free` | no space, so much, space again |
/// | `slow MILLISECONDS` | how long a sync takes |
/// | `counters` | names and numbers |
///
/// # Errors
/// A listener that takes no clients.
pub fn serve(listener: &UnixListener, switch: &Switch) -> io::Result<()> {
    for client in listener.incoming() {
        // A client that goes away in the middle of a line takes nothing with it.
        let _ = answer(&client?, switch);
    }
    Ok(())
}

fn answer(client: &UnixStream, switch: &Switch) -> io::Result<()> {
    for line in BufReader::new(client).lines() {
        let said = obey(&line?, switch);
        writeln!(&*client, "{}", said.unwrap_or_else(|| "ok".to_owned()))?;
    }
    Ok(())
}

/// What is answered besides `ok`.
fn obey(line: &str, switch: &Switch) -> Option<String> {
    let mut words = line.split_whitespace();
    let (command, number) = (words.next().unwrap_or_default(), words.next().map(str::parse::<u64>));
    match (command, number) {
        ("cut", None) => switch.cut(None),
        ("cut", Some(Ok(seed))) => switch.cut(Some(seed)),
        ("on", None) => switch.power_on(),
        ("full", None) => switch.fill(),
        ("leave", Some(Ok(bytes))) => switch.leave(bytes),
        ("free", None) => switch.free(),
        ("slow", Some(Ok(milliseconds))) => switch.slow(Duration::from_millis(milliseconds)),
        ("counters", None) => return Some(switch.counters().to_string()),
        _ => {
            return Some(
                "error: cut [SEED] | on | full | leave BYTES | free | slow MILLISECONDS | counters"
                    .to_owned(),
            );
        }
    }
    None
}
