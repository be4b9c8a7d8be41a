//! A Parquet column chunk of a dictionary page and one data page of numbers into it.
//!
//! The library finds the dictionary by hashing every value; here it is known. Numbers take whole bytes: such a
//! bit-packed run is those bytes as they are, and compresses better than one whose values straddle them.

use std::io::Write;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use crate::few::Few;

/// A column chunk, ready to be appended.
pub(crate) struct DictionaryChunk {
    bytes: Bytes,
    close: ColumnCloseResult,
}

impl DictionaryChunk {
    /// Encodes values, none of which is missing.
    pub(crate) fn new(column: ColumnDescPtr, few: &Few) -> Result<Self, ParquetError> {
        let rows = few.numbers.len() / few.width;
        let mut sink = TrackedWrite::new(Vec::new());
        let mut pages = SerializedPageWriter::new(&mut sink);
        let dictionary = Page::DictionaryPage {
            buf: compressed(&few.dictionary)?,
            num_values: (few.dictionary.len() / 8) as u32,
            encoding: Encoding::PLAIN,
            is_sorted: false,
        };
        let dictionary = pages.write_page(CompressedPage::new(dictionary, few.dictionary.len()))?;
        let body = body(few, rows, column.max_def_level() > 0);
        let data = Page::DataPage {
            buf: compressed(&body)?,
            num_values: rows as u32,
            encoding: Encoding::RLE_DICTIONARY,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let data = pages.write_page(CompressedPage::new(data, body.len()))?;
        pages.close()?;
        let metadata = ColumnChunkMetaData::builder(column)
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(1)?))
            .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
            .set_total_compressed_size((dictionary.compressed_size + data.compressed_size) as i64)
            .set_total_uncompressed_size((dictionary.uncompressed_size + data.uncompressed_size) as i64)
            .set_num_values(rows as i64)
            .set_dictionary_page_offset(Some(dictionary.offset as i64))
            .set_data_page_offset(data.offset as i64)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: dictionary.bytes_written + data.bytes_written,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok(Self { bytes: Bytes::from(sink.into_inner()?), close })
    }

    pub(crate) fn append_to_row_group<W: Write + Send>(
        self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        group.append_column(&self.bytes, self.close)
    }
}

/// The data page: definition levels of an optional column, bit width, one bit-packed run.
fn body(few: &Few, rows: usize, is_optional: bool) -> Vec<u8> {
    let mut body = Vec::with_capacity(few.numbers.len() + 32);
    if is_optional {
        let mut levels = Vec::new();
        push_varint(&mut levels, (rows as u64) << 1);
        levels.push(1);
        body.extend((levels.len() as u32).to_le_bytes());
        body.extend(levels);
    }
    let groups = rows.div_ceil(8);
    body.push(few.width as u8 * 8);
    push_varint(&mut body, (groups as u64) << 1 | 1);
    body.extend(&few.numbers);
    body.resize(body.len() + (groups * 8 - rows) * few.width, 0);
    body
}

fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn compressed(bytes: &[u8]) -> Result<Bytes, ParquetError> {
    Ok(Bytes::from(zstd::bulk::compress(bytes, 1)?))
}
