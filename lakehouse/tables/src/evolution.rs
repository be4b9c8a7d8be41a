//! What becomes of a table when its definition changes.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::datatypes::{DataType, Field, Schema};
use weir_engine::{EngineSettings, Lake};

use crate::{Change, Definition, LakeTable, Number, TableName, TablesError};

const NAME: TableName = TableName::SilverLabels;

fn lake() -> (tempfile::TempDir, Lake) {
    let folder = tempfile::tempdir().unwrap();
    let lake = Lake::open(folder.path(), EngineSettings::default()).unwrap();
    (folder, lake)
}

/// The definition with one column more, or with another type where it has one of that name.
fn with(column: &str, data_type: DataType) -> Definition {
    let mut definition = Definition::of(NAME, &[]);
    let mut fields: Vec<_> = definition.schema.fields().iter().map(|field| field.as_ref().clone()).collect();
    let new = Field::new(column, data_type, true);
    match fields.iter_mut().find(|field| field.name() == column) {
        Some(field) => *field = new,
        None => fields.insert(0, new),
    }
    definition.schema = Arc::new(Schema::new(fields));
    definition
}

/// Commits one row of these texts; what is not said is null.
async fn add(lake: &Lake, table: &mut LakeTable, number: i64, texts: &[(&str, &str)]) {
    let schema = table.schema().unwrap();
    let column = |field: &Arc<Field>| -> ArrayRef {
        let text = texts.iter().find(|(name, _)| name == field.name()).map(|(_, text)| *text);
        match (text, field.data_type()) {
            (Some(text), _) => Arc::new(StringArray::from(vec![text])),
            (None, DataType::Timestamp(..)) => {
                Arc::new(TimestampMicrosecondArray::from(vec![0]).with_timezone("UTC"))
            }
            (None, data_type) => arrow::array::new_null_array(data_type, 1),
        }
    };
    let columns = schema.fields().iter().map(column).collect();
    let mut writer = table.writer().unwrap();
    writer.write(RecordBatch::try_new(schema, columns).unwrap()).await.unwrap();
    let added = writer.finish().await.unwrap();
    table.commit(lake, Change::appending(added, "test", Number::Next(number))).await.unwrap();
}

/// Texts of two columns, in order of the first.
async fn rows(lake: &Lake, table: &LakeTable, columns: [&str; 2]) -> Vec<[Option<String>; 2]> {
    let session = lake.session();
    session.register_table("t", table.provider(&session).await.unwrap()).unwrap();
    let [first, second] = columns;
    let query = format!(
        "SELECT arrow_cast({first}, 'Utf8') AS a, arrow_cast({second}, 'Utf8') AS b FROM t ORDER BY {first}"
    );
    let batches = session.sql(&query).await.unwrap().collect().await.unwrap();
    let text = |column: &ArrayRef, row: usize| {
        let texts = column.as_string::<i32>();
        texts.is_valid(row).then(|| texts.value(row).to_owned())
    };
    let of = |batch: &RecordBatch| -> Vec<_> {
        (0..batch.num_rows()).map(|row| [text(batch.column(0), row), text(batch.column(1), row)]).collect()
    };
    batches.iter().flat_map(of).collect()
}

#[tokio::test]
async fn a_new_column_appears_in_the_table_and_is_null_in_older_rows() {
    let (_folder, lake) = lake();
    let mut table = LakeTable::open_or_create(&lake, &Definition::of(NAME, &[])).await.unwrap();
    add(&lake, &mut table, 1, &[("transaction_id", "old")]).await;
    let before = table.version();
    let mut table = LakeTable::open_or_create(&lake, &with("channel", DataType::Utf8)).await.unwrap();
    assert_eq!(table.version(), before + 1);
    add(&lake, &mut table, 2, &[("transaction_id", "young"), ("channel", "app")]).await;
    let text = |text: &str| Some(text.to_owned());
    let found = rows(&lake, &table, ["transaction_id", "channel"]).await;
    assert_eq!(found, [[text("old"), None], [text("young"), text("app")]]);
    // A program that does not know the column keeps working, and takes nothing away.
    let mut table = LakeTable::open_or_create(&lake, &Definition::of(NAME, &[])).await.unwrap();
    assert!(table.schema().unwrap().field_with_name("channel").is_ok());
    add(&lake, &mut table, 3, &[("transaction_id", "zero")]).await;
    assert_eq!(rows(&lake, &table, ["transaction_id", "channel"]).await.len(), 3);
    // The version from before is read as it was.
    let old = LakeTable::open_version(&lake, NAME, before).await.unwrap().unwrap();
    assert!(old.schema().unwrap().field_with_name("channel").is_err());
}

#[tokio::test]
async fn two_programs_that_add_columns_at_once_both_have_theirs() {
    let (_folder, lake) = lake();
    LakeTable::open_or_create(&lake, &Definition::of(NAME, &[])).await.unwrap();
    let (one, other) = (with("channel", DataType::Utf8), with("campaign", DataType::Int64));
    let (one, other) =
        tokio::join!(LakeTable::open_or_create(&lake, &one), LakeTable::open_or_create(&lake, &other));
    one.unwrap();
    other.unwrap();
    let schema = LakeTable::open(&lake, NAME).await.unwrap().unwrap().schema().unwrap();
    assert!(schema.field_with_name("channel").is_ok() && schema.field_with_name("campaign").is_ok());
}

#[tokio::test]
async fn another_type_is_refused_by_name_and_nothing_is_changed() {
    let (_folder, lake) = lake();
    let table = LakeTable::open_or_create(&lake, &Definition::of(NAME, &[])).await.unwrap();
    let error = LakeTable::open_or_create(&lake, &with("is_fraud", DataType::Int64)).await.unwrap_err();
    assert!(matches!(&error, TablesError::ColumnType { column, .. } if column == "is_fraud"), "{error:?}");
    let text = error.to_string();
    for part in ["`is_fraud`", "`silver.labels`", "`Boolean`", "`Int64`", "a name of its own"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let after = LakeTable::open(&lake, NAME).await.unwrap().unwrap();
    assert_eq!(after.version(), table.version());
}

#[tokio::test]
async fn a_feature_of_others_is_refused_by_its_name() {
    let (folder, lake) = lake();
    let table = LakeTable::open_or_create(&lake, &Definition::of(NAME, &[])).await.unwrap();
    let next = format!("{}/_delta_log/{:020}.json", NAME.folder(), table.version() + 1);
    let protocol = r#"{"protocol":{"minReaderVersion":3,"minWriterVersion":7,"readerFeatures":[],"writerFeatures":["appendOnly","aFeatureOfTomorrow"]}}"#;
    std::fs::write(folder.path().join(next), protocol).unwrap();
    let refused = match LakeTable::open(&lake, NAME).await {
        Err(error) => error,
        Ok(table) => table.unwrap().check_writable().unwrap_err(),
    };
    let mut text = refused.to_string();
    let mut cause = std::error::Error::source(&refused);
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    assert!(text.contains("silver.labels") && text.to_lowercase().contains("afeatureoftomorrow"), "{text}");
}
