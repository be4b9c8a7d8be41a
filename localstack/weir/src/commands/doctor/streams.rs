//! Whether every record of the streams can be read.

use anyhow::Result;

use crate::backing::StreamsKind;
use crate::home::Home;

/// Most places named.
const NAMED: usize = 3;

/// Reads the whole log, in use or not; streams of a service are the service's.
pub(super) fn look(home: &Home, kind: StreamsKind) -> Result<String, String> {
    match kind {
        StreamsKind::Log => {}
        StreamsKind::Kafka => return Ok("they are topics of Kafka".to_owned()),
        StreamsKind::Kinesis => return Ok("they are Kinesis'".to_owned()),
    }
    if !home.log().is_dir() {
        return Ok("nothing was ever sent".to_owned());
    }
    let damages = weir_streams::verify(home.log()).map_err(|error| error.to_string())?;
    if damages.is_empty() {
        return Ok("every record can be read".to_owned());
    }
    let named: Vec<String> = damages.iter().take(NAMED).map(ToString::to_string).collect();
    Err(format!("{} damaged places, passed when they are read: {}", damages.len(), named.join("; ")))
}
