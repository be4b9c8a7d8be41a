//! How each column is encoded.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Schema, SchemaRef};
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use parquet::schema::types::ColumnPath;

use crate::chunk::CHUNK_ROWS;
use crate::columns::{Column, Form};

/// The columns as Arrow types.
pub(crate) fn schema(columns: &[Column], has_number_ids: bool) -> SchemaRef {
    let fields = columns.iter().map(|column| {
        let kind = match column.form {
            Form::Id if !has_number_ids => DataType::Utf8,
            Form::Id | Form::Whole => DataType::Int64,
            Form::Flag => DataType::Boolean,
            Form::Amount | Form::Repeating | Form::Real => DataType::Float64,
        };
        Field::new(&column.name, kind, column.is_optional)
    });
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}

/// Encodings that suit what the columns hold: nobody filters by a feature, so there are no statistics.
pub(crate) fn properties(columns: &[Column], has_number_ids: bool) -> WriterPropertiesPtr {
    let zstd = Compression::ZSTD(ZstdLevel::try_new(1).unwrap_or_default());
    let mut properties = WriterProperties::builder()
        .set_created_by(concat!("weir ", env!("CARGO_PKG_VERSION")).to_owned())
        .set_statistics_enabled(EnabledStatistics::None)
        .set_offset_index_disabled(true)
        .set_dictionary_enabled(false)
        .set_compression(zstd)
        .set_max_row_group_row_count(Some(CHUNK_ROWS))
        .set_data_page_row_count_limit(CHUNK_ROWS)
        .set_write_batch_size(16_384);
    for column in columns {
        let encoding = match column.form {
            Form::Id if !has_number_ids => Encoding::DELTA_LENGTH_BYTE_ARRAY,
            Form::Id => Encoding::DELTA_BINARY_PACKED,
            Form::Whole => Encoding::BYTE_STREAM_SPLIT,
            Form::Flag | Form::Amount | Form::Repeating => Encoding::PLAIN,
            Form::Real => Encoding::BYTE_STREAM_SPLIT,
        };
        let path = ColumnPath::from(column.name.as_str());
        properties = properties
            .set_column_encoding(path.clone(), encoding)
            .set_column_dictionary_enabled(path, column.form == Form::Amount);
    }
    Arc::new(properties.build())
}
