//! A Parquet column chunk of one data page, with a dictionary page before it or without.
//!
//! The library finds a dictionary by hashing every value; here it is known. It also copies values that have their
//! form already. Numbers into a dictionary take whole bytes: such a bit-packed run is those bytes as they are, and
//! compresses better than one whose values straddle them.

use std::io::Write;

use bytes::Bytes;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::errors::ParquetError;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use crate::compressors::{Compressors, Content, LEVEL};
use crate::few::Few;
use crate::reals::Reals;

/// A column chunk, ready to be appended.
pub(crate) struct PageChunk {
    bytes: Bytes,
    close: ColumnCloseResult,
}

/// What the pages hold.
struct Pages<'a> {
    dictionary: Option<&'a [u8]>,
    /// What the values of the data page take, and their bytes.
    rows: usize,
    encoding: Encoding,
    write: &'a dyn Fn(&mut Vec<u8>),
}

impl PageChunk {
    /// Encodes values by their numbers into a dictionary; none is missing.
    pub(crate) fn of_few(
        column: ColumnDescPtr,
        few: &Few<'_>,
        compressors: &Compressors,
    ) -> Result<Self, ParquetError> {
        let rows = few.numbers.len() / few.width;
        let write = |body: &mut Vec<u8>| few.write(body);
        let (dictionary, encoding) = (Some(few.dictionary.as_slice()), Encoding::RLE_DICTIONARY);
        Self::new(column, &Pages { dictionary, rows, encoding, write: &write }, compressors)
    }

    /// Encodes values as they are; none is missing.
    pub(crate) fn of_reals(
        column: ColumnDescPtr,
        reals: &Reals<'_>,
        compressors: &Compressors,
    ) -> Result<Self, ParquetError> {
        let write = |body: &mut Vec<u8>| reals.write(body);
        let (rows, encoding) = (reals.values.len(), reals.encoding);
        Self::new(column, &Pages { dictionary: None, rows, encoding, write: &write }, compressors)
    }

    /// Encodes flags, none of which is missing: a bit each.
    pub(crate) fn of_flags(
        column: ColumnDescPtr,
        flags: &[f64],
        compressors: &Compressors,
    ) -> Result<Self, ParquetError> {
        let byte =
            |eight: &[f64]| eight.iter().rev().fold(0, |bits, flag| bits << 1 | u8::from(*flag != 0.0));
        let write = |body: &mut Vec<u8>| body.extend(flags.chunks(8).map(byte));
        let (rows, encoding) = (flags.len(), Encoding::PLAIN);
        Self::new(column, &Pages { dictionary: None, rows, encoding, write: &write }, compressors)
    }

    fn new(
        column: ColumnDescPtr,
        content: &Pages<'_>,
        compressors: &Compressors,
    ) -> Result<Self, ParquetError> {
        let mut body = Vec::with_capacity(content.rows * 8 + 64);
        if column.max_def_level() > 0 {
            write_levels(&mut body, content.rows);
        }
        (content.write)(&mut body);
        let kind = match content.encoding {
            Encoding::BYTE_STREAM_SPLIT => Content::Split,
            Encoding::PLAIN if content.rows * 8 <= body.len() => Content::Floats,
            _ => Content::Other,
        };
        let compressed = Bytes::from(compressors.compress(&body, kind)?);
        let mut sink = TrackedWrite::new(Vec::with_capacity(compressed.len() + (1 << 16)));
        let mut pages = SerializedPageWriter::new(&mut sink);
        let dictionary = match content.dictionary {
            Some(bytes) => Some(pages.write_page(dictionary_page(bytes, compressors)?)?),
            None => None,
        };
        let data = Page::DataPage {
            buf: compressed,
            num_values: content.rows as u32,
            encoding: content.encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let data = pages.write_page(CompressedPage::new(data, body.len()))?;
        pages.close()?;
        let written = || dictionary.iter().chain([&data]);
        let encodings = dictionary.iter().map(|_| Encoding::PLAIN).chain([Encoding::RLE, content.encoding]);
        let metadata = ColumnChunkMetaData::builder(column)
            .set_compression(Compression::ZSTD(ZstdLevel::try_new(LEVEL)?))
            .set_encodings(encodings.collect())
            .set_total_compressed_size(written().map(|page| page.compressed_size as i64).sum())
            .set_total_uncompressed_size(written().map(|page| page.uncompressed_size as i64).sum())
            .set_num_values(content.rows as i64)
            .set_dictionary_page_offset(dictionary.as_ref().map(|page| page.offset as i64))
            .set_data_page_offset(data.offset as i64)
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: written().map(|page| page.bytes_written).sum(),
            rows_written: content.rows as u64,
            metadata,
            bloom_filter: None,
            column_index: None,
            offset_index: None,
        };
        Ok(Self { bytes: Bytes::from(sink.into_inner()?), close })
    }

    pub(crate) fn append_to_row_group<W: Write + Send>(
        &self,
        group: &mut SerializedRowGroupWriter<'_, W>,
    ) -> Result<(), ParquetError> {
        group.append_column(&self.bytes, self.close.clone())
    }
}

fn dictionary_page(values: &[u8], compressors: &Compressors) -> Result<CompressedPage, ParquetError> {
    let page = Page::DictionaryPage {
        buf: Bytes::from(compressors.compress(values, Content::Floats)?),
        num_values: (values.len() / 8) as u32,
        encoding: Encoding::PLAIN,
        is_sorted: false,
    };
    Ok(CompressedPage::new(page, values.len()))
}

/// Definition levels of an optional column in which nothing is missing.
fn write_levels(body: &mut Vec<u8>, rows: usize) {
    let mut levels = Vec::new();
    push_varint(&mut levels, (rows as u64) << 1);
    levels.push(1);
    body.extend((levels.len() as u32).to_le_bytes());
    body.extend(levels);
}

/// Appends a number, seven bits a byte.
pub(crate) fn push_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}
