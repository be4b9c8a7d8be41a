//! `features FILE OUTPUT [handbook|full] [THREADS]`: the command's work without the command line.

use std::error::Error;
use std::path::Path;

use weir_bulk::{Request, Set, features};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, rest @ ..] = arguments.as_slice() else {
        return Err("usage: features FILE OUTPUT [handbook|full] [THREADS]".into());
    };
    let mut request = Request::new(Path::new(input), Path::new(output));
    if rest.first().is_some_and(|set| set == "handbook") {
        request.set = Set::Handbook;
    }
    request.threads = rest.get(1).map(|threads| threads.parse()).transpose()?;
    let summary = features(&request, &mut |_progress| ())?;
    Ok(writeln(&summary)?)
}

fn writeln(summary: &weir_bulk::Summary) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{summary:?}")
}
