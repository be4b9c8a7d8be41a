//! Results as columns for a person to read.

use std::io::Write;

use arrow::array::RecordBatch;
use arrow::datatypes::{Schema, SchemaRef};
use arrow::error::ArrowError;
use arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::execution::SendableRecordBatchStream;
use futures::TryStreamExt;

use crate::SqlError;

/// Characters of a cell; longer texts end in `…`.
const CELL_CHARACTERS: usize = 60;

/// Writes the first rows; the others are counted.
pub(crate) async fn write(
    mut rows: SendableRecordBatchStream,
    most_rows: usize,
    output: &mut (dyn Write + Send),
) -> Result<(u64, u64), SqlError> {
    let schema = rows.schema();
    let mut lines = Vec::new();
    let mut count = 0;
    while let Some(batch) = rows.try_next().await.map_err(SqlError::execute)? {
        count += batch.num_rows() as u64;
        let wanted = most_rows.saturating_sub(lines.len()).min(batch.num_rows());
        lines.extend(cells(&batch.slice(0, wanted))?);
    }
    let shown = lines.len() as u64;
    output.write_all(render(&schema, &lines).as_bytes())?;
    if shown < count {
        let hidden = count - shown;
        writeln!(
            output,
            "… and {hidden} more rows; add LIMIT, or write all with --format csv, json or parquet"
        )?;
    }
    Ok((count, shown))
}

fn cells(batch: &RecordBatch) -> Result<Vec<Vec<String>>, ArrowError> {
    let options = FormatOptions::default();
    let columns = batch.columns().iter().map(|column| ArrayFormatter::try_new(column, &options));
    let columns = columns.collect::<Result<Vec<_>, _>>()?;
    let line = |row| columns.iter().map(|column| cut(&column.value(row).to_string())).collect();
    Ok((0..batch.num_rows()).map(line).collect())
}

fn cut(text: &str) -> String {
    let mut plain = text.chars().map(|one| if one.is_control() { ' ' } else { one });
    let mut cell = plain.by_ref().take(CELL_CHARACTERS).collect::<String>();
    if plain.next().is_some() {
        cell.pop();
        cell.push('…');
    }
    cell
}

fn render(schema: &SchemaRef, lines: &[Vec<String>]) -> String {
    let names = schema.fields().iter().map(|field| field.name().clone()).collect::<Vec<_>>();
    let mut widths = names.iter().map(|name| name.chars().count()).collect::<Vec<_>>();
    for line in lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let rule = widths.iter().map(|width| "─".repeat(*width)).collect::<Vec<_>>();
    let mut text = String::new();
    for line in [&names, &rule].into_iter().chain(lines) {
        text.push_str(&aligned(schema, line, &widths));
        text.push('\n');
    }
    text
}

/// Numbers stand right, everything else left.
fn aligned(schema: &Schema, line: &[String], widths: &[usize]) -> String {
    let cell = |((text, width), field): ((&String, &usize), &arrow::datatypes::FieldRef)| {
        if field.data_type().is_numeric() { format!("{text:>width$}") } else { format!("{text:<width$}") }
    };
    let cells = line.iter().zip(widths).zip(schema.fields()).map(cell).collect::<Vec<_>>();
    cells.join("  ").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{Int64Array, StringArray};
    use arrow::datatypes::{DataType, Field};

    use super::*;

    #[test]
    fn numbers_stand_right_and_long_texts_are_cut() {
        let schema = Arc::new(Schema::new(vec![
            Field::new("outcome", DataType::Utf8, true),
            Field::new("n", DataType::Int64, true),
        ]));
        let outcomes = StringArray::from(vec![Some("approve"), None, Some("line\nbreak")]);
        let numbers = Int64Array::from(vec![Some(1_200), Some(7), None]);
        let batch =
            RecordBatch::try_new(Arc::clone(&schema), vec![Arc::new(outcomes), Arc::new(numbers)]).unwrap();
        let expected = "outcome        n\n──────────  ────\napprove     1200\n               7\nline break\n";
        assert_eq!(render(&schema, &cells(&batch).unwrap()), expected);
        assert_eq!(cut(&"x".repeat(100)).chars().count(), CELL_CHARACTERS);
    }
}
