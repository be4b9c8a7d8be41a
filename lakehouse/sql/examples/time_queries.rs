//! Times the queries that come with the program over a lake, in one process: `time_queries LAKE [RUNS]`.

use std::path::Path;
use std::time::Instant;

use weir_engine::{EngineSettings, Lake};
use weir_sql::{QUERIES, session};

#[tokio::main]
#[expect(clippy::print_stdout, reason = "this is what the example is for")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("usage: time_queries LAKE [RUNS]")?;
    let runs = arguments.next().map_or(Ok(11), |text| text.parse::<usize>())?;
    let lake = Lake::open(Path::new(&folder), EngineSettings::default())?;
    let session = Box::pin(session(&lake)).await?;
    for query in QUERIES {
        let mut times = Vec::new();
        for _ in 0..=runs {
            let started = Instant::now();
            session.sql(query.text).await?.collect().await?;
            times.push(started.elapsed().as_secs_f64() * 1_000.0);
        }
        // The first run warms what the others find.
        let mut times = times.split_off(1);
        times.sort_by(f64::total_cmp);
        println!(
            "{} {:.2} {:.2} {:.2}",
            query.name,
            times[times.len() / 2],
            times[0],
            times[times.len() - 1]
        );
    }
    Ok(())
}
