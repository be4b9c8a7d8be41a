//! Reads a file and says what is in it: `count_rows FILE`.
#![expect(clippy::print_stdout, reason = "an example that answers on the screen")]

use std::path::Path;

use weir_datasets::{Item, Options, ReadError, RejectsWriter, open};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).ok_or("say the file to read: count_rows FILE")?;
    let mut reader = open(Path::new(&path), &Options::default())?;
    let mut rejects = RejectsWriter::at(&std::env::temp_dir().join("count_rows.rejects.csv"))?;
    let (mut rows, mut labels, mut frauds) = (0_u64, 0_u64, 0_u64);
    let counts = reader.read_all(&mut rejects, |item| {
        match item {
            Item::Label(_) => labels += 1,
            Item::Row(row) => {
                rows += 1;
                frauds += u64::from(row.label == Some(true));
            }
        }
        Ok::<(), ReadError>(())
    })?;
    println!("{:?} {counts:?} transactions {rows} frauds {frauds} labels {labels}", reader.format());
    println!("progress {:?}; rejects in {:?}", reader.progress(), rejects.finish()?);
    Ok(())
}
