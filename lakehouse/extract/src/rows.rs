//! Records of JSON as rows of CSV, for a mapping to explain.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Error, Result};
use std::path::Path;

use serde_json::value::RawValue;

use crate::staging::create;

/// Writes the objects of a file of lines as CSV, a column for each key that any of them has, in order of their names.
/// A member of an object within is `outer.inner`; arrays stay JSON.
pub(crate) fn write(lines: &Path, rows: &Path) -> Result<()> {
    let mut columns = BTreeSet::new();
    each(lines, |cells| {
        columns.extend(cells.into_keys());
        Ok(())
    })?;
    let mut writer = csv::Writer::from_writer(BufWriter::new(create(rows)?));
    writer.write_record(&columns)?;
    each(lines, |cells| {
        let row = columns.iter().map(|column| cells.get(column).map_or("", String::as_str));
        Ok(writer.write_record(row)?)
    })?;
    writer.flush()
}

fn each(lines: &Path, mut visit: impl FnMut(BTreeMap<String, String>) -> Result<()>) -> Result<()> {
    for line in BufReader::new(File::open(lines)?).lines() {
        let mut cells = BTreeMap::new();
        flatten("", &line?, &mut cells)?;
        visit(cells)?;
    }
    Ok(())
}

fn flatten(prefix: &str, object: &str, cells: &mut BTreeMap<String, String>) -> Result<()> {
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(object).map_err(Error::from)?;
    for (key, value) in members {
        let name = if prefix.is_empty() { key } else { format!("{prefix}.{key}") };
        match value.get() {
            "null" => {}
            text if text.starts_with('{') => flatten(&name, text, cells)?,
            text if text.starts_with('"') => {
                cells.insert(name, serde_json::from_str(text).map_err(Error::from)?);
            }
            // Numbers as they are written: nothing passes through floating point.
            text => {
                cells.insert(name, text.to_owned());
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_become_rows_under_all_their_keys() {
        let folder = tempfile::tempdir().unwrap();
        let (lines, rows) = (folder.path().join("lines"), folder.path().join("rows"));
        let text = "{\"id\":\"a,1\",\"total\":12.30,\"who\":{\"id\":7,\"tags\":[1,\"x\"]}}\n\
                    {\"id\":null,\"late\":true,\"big\":12345678901234567890123}\n";
        std::fs::write(&lines, text).unwrap();
        write(&lines, &rows).unwrap();
        let expected = "big,id,late,total,who.id,who.tags\n,\"a,1\",,12.30,7,\"[1,\"\"x\"\"]\"\n\
                        12345678901234567890123,,true,,,\n";
        assert_eq!(std::fs::read_to_string(rows).unwrap(), expected);
    }
}
