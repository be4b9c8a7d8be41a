//! Output in Parquet: a row group a chunk, its columns encoded on any thread.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_schema::SchemaRef;
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use parquet::errors::ParquetError;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnDescPtr;

use crate::BulkError;
use crate::chunk::Chunk;
use crate::columns::Column;
use crate::compressors::Compressors;
use crate::few::few;
use crate::output::Output;
use crate::page_chunk::PageChunk;
use crate::parquet_settings::{properties, schema};
use crate::reals::{flags, reals};
use crate::unfinished::Unfinished;

/// A Parquet file.
pub(crate) struct ParquetFile {
    path: PathBuf,
    schema: SchemaRef,
    writer: SerializedFileWriter<BufWriter<File>>,
    factory: ArrowRowGroupWriterFactory,
    compressors: Arc<Compressors>,
    /// What was appended last. Given back at once, its memory would go to the system, to be asked for again.
    appended: Vec<PageChunk>,
    unfinished: Unfinished,
}

/// Encodes one column of one chunk.
pub(crate) struct Encoder {
    path: PathBuf,
    schema: SchemaRef,
    column: ColumnDescPtr,
    writer: ArrowColumnWriter,
    compressors: Arc<Compressors>,
}

/// One column of one chunk.
pub(crate) enum Part {
    /// Encoded by the library.
    Any(ArrowColumnChunk),
    /// Encoded here.
    Pages(PageChunk),
}

impl ParquetFile {
    pub(crate) fn create(path: &Path, columns: &[Column], has_number_ids: bool) -> Result<Self, BulkError> {
        let wrong = |error: ParquetError| BulkError::output(path)(error);
        let schema = schema(columns, has_number_ids);
        let descriptor = ArrowSchemaConverter::new().convert(&schema).map_err(wrong)?;
        let (unfinished, file) = Unfinished::create(path)?;
        let file = BufWriter::with_capacity(1 << 20, file);
        let properties = properties(columns, has_number_ids);
        let writer =
            SerializedFileWriter::new(file, descriptor.root_schema_ptr(), properties).map_err(wrong)?;
        let factory = ArrowRowGroupWriterFactory::new(&writer, Arc::clone(&schema));
        let compressors = Arc::default();
        Ok(Self {
            path: path.to_owned(),
            schema,
            writer,
            factory,
            compressors,
            appended: Vec::new(),
            unfinished,
        })
    }
}

impl Output for ParquetFile {
    type Encoder = Encoder;
    type Part = Part;

    fn encoders(&self, chunk: usize) -> Result<Vec<Encoder>, BulkError> {
        let writers = self.factory.create_column_writers(chunk).map_err(BulkError::output(&self.path))?;
        let columns = self.writer.schema_descr().columns();
        let encoder = |(writer, column): (ArrowColumnWriter, &ColumnDescPtr)| Encoder {
            path: self.path.clone(),
            schema: Arc::clone(&self.schema),
            column: Arc::clone(column),
            writer,
            compressors: Arc::clone(&self.compressors),
        };
        Ok(writers.into_iter().zip(columns).map(encoder).collect())
    }

    fn encode(
        encoder: Encoder,
        part: usize,
        columns: &[Column],
        chunk: &Chunk<'_>,
    ) -> Result<Part, BulkError> {
        let Encoder { path, schema, column, mut writer, compressors } = encoder;
        if let Some(few) = few(chunk, &columns[part]) {
            let pages = PageChunk::of_few(column, &few, &compressors);
            return pages.map(Part::Pages).map_err(BulkError::output(&path));
        }
        if let Some(reals) = reals(chunk, &columns[part]) {
            let pages = PageChunk::of_reals(column, &reals, &compressors);
            return pages.map(Part::Pages).map_err(BulkError::output(&path));
        }
        if let Some(flags) = flags(chunk, &columns[part]) {
            let pages = PageChunk::of_flags(column, &flags, &compressors);
            return pages.map(Part::Pages).map_err(BulkError::output(&path));
        }
        let mut encode = || -> Result<(), ParquetError> {
            for leaf in compute_leaves(schema.field(part), &chunk.array(&columns[part]))? {
                writer.write(&leaf)?;
            }
            Ok(())
        };
        encode().map_err(BulkError::output(&path))?;
        writer.close().map(Part::Any).map_err(BulkError::output(&path))
    }

    fn append(&mut self, parts: Vec<Part>) -> Result<(), BulkError> {
        let mut appended = Vec::with_capacity(parts.len());
        let append = || -> Result<(), ParquetError> {
            let mut group = self.writer.next_row_group()?;
            for part in parts {
                match part {
                    Part::Any(part) => part.append_to_row_group(&mut group)?,
                    Part::Pages(part) => {
                        part.append_to_row_group(&mut group)?;
                        appended.push(part);
                    }
                }
            }
            group.close()?;
            Ok(())
        };
        append().map_err(BulkError::output(&self.path))?;
        self.appended = appended;
        Ok(())
    }

    fn finish(self) -> Result<(), BulkError> {
        self.writer.close().map_err(BulkError::output(&self.path))?;
        self.unfinished.finish()
    }
}
