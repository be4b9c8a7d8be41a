//! Times queries over a lake, in one process: `time_queries LAKE [RUNS [FILE…]]`, those that come with the program or
//! those in files.

use std::path::Path;
use std::time::Instant;

use weir_engine::{EngineSettings, Lake};
use weir_sql::{QUERIES, session};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "this is what the example is for")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: time_queries LAKE [RUNS [FILE…]]")?;
    let runs = arguments.next().map_or(Ok(11), |text| text.parse::<usize>())?;
    let mut queries = Vec::new();
    for file in arguments {
        queries.push((file.clone(), std::fs::read_to_string(file)?));
    }
    if queries.is_empty() {
        queries.extend(QUERIES.iter().map(|query| (query.name.to_owned(), query.text.to_owned())));
    }
    let lake = Lake::open(Path::new(&folder), EngineSettings::default())?;
    let session = Box::pin(session(&lake)).await?;
    for (name, text) in queries {
        let mut times = Vec::new();
        for _ in 0..=runs {
            let started = Instant::now();
            session.sql(&text).await?.collect().await?;
            times.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
        // The first run warms what the others find.
        let mut times = times.split_off(1);
        times.sort_by(f64::total_cmp);
        println!("{name} {:.2} {:.2} {:.2}", times[times.len() / 2], times[0], times[times.len() - 1]);
    }
    Ok(())
}
