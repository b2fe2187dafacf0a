//! Tables that this program wrote as Parquet, read back row group by row group.

use super::{Cells, Column, Table};
use crate::report::ReportError;
use parquet::basic::Type as PhysicalType;
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescPtr;
use std::fmt;

/// Rows read at once.
const BATCH: usize = 1 << 14;

/// The row groups of a Parquet file, in order, as tables without units and descriptions.
pub struct Groups {
    name: &'static str,
    reader: Box<dyn FileReader>,
    columns: Vec<ColumnDescPtr>,
    next: usize,
}

impl fmt::Debug for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Groups").field("name", &self.name).field("next", &self.next).finish_non_exhaustive()
    }
}

impl Groups {
    /// Opens a file, named `name` in errors.
    ///
    /// # Errors
    /// Where it is damaged.
    pub fn new(name: &'static str, file: impl ChunkReader + 'static) -> Result<Self, ReportError> {
        let reader = SerializedFileReader::new(file)
            .map_err(|error| ReportError::Unread { table: name, reason: error.to_string() })?;
        let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
        Ok(Self { name, reader: Box::new(reader), columns, next: 0 })
    }

    fn group(&self, index: usize) -> Result<Table<'static>, String> {
        let group = self.reader.get_row_group(index).map_err(|error| error.to_string())?;
        let mut columns = Vec::with_capacity(self.columns.len());
        for (index, column) in self.columns.iter().enumerate() {
            let cells = cells(&*group, index, column.physical_type(), column.max_def_level());
            columns.push(Column {
                name: column.name().to_owned().into(),
                unit: "".into(),
                description: "".into(),
                cells: cells.map_err(|error| format!("column `{}`: {error}", column.name()))?,
            });
        }
        let table = Table { name: self.name, columns };
        let n_rows = table.n_rows();
        if table.columns.iter().any(|column| column.cells.len() != n_rows) {
            return Err("its columns differ in length".to_owned());
        }
        Ok(table)
    }
}

impl Iterator for Groups {
    type Item = Result<Table<'static>, ReportError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.next >= self.reader.num_row_groups() {
            return None;
        }
        self.next += 1;
        Some(self.group(self.next - 1).map_err(|reason| ReportError::Unread { table: self.name, reason }))
    }
}

fn cells(
    group: &dyn RowGroupReader,
    index: usize,
    physical: PhysicalType,
    optional: i16,
) -> Result<Cells<'static>, ParquetError> {
    let text = |bytes: parquet::data_type::ByteArray| bytes.as_utf8().map(|text| text.to_owned().into());
    Ok(match (group.get_column_reader(index)?, optional) {
        (ColumnReader::Int64ColumnReader(reader), 0) => Cells::Int64(required(reader)?),
        (ColumnReader::Int32ColumnReader(reader), 0) => Cells::Int32(required(reader)?),
        (ColumnReader::DoubleColumnReader(reader), _) => {
            Cells::Double(maybe(reader)?.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
        }
        (ColumnReader::BoolColumnReader(reader), _) => Cells::Boolean(maybe(reader)?),
        (ColumnReader::ByteArrayColumnReader(reader), 0) => {
            Cells::Text(required(reader)?.into_iter().map(text).collect::<Result<_, _>>()?)
        }
        (ColumnReader::ByteArrayColumnReader(reader), _) => Cells::MaybeText(
            maybe(reader)?.into_iter().map(|value| value.map(text).transpose()).collect::<Result<_, _>>()?,
        ),
        _ => return Err(ParquetError::General(format!("values of type {physical} are not written here"))),
    })
}

fn required<T: DataType>(mut reader: ColumnReaderImpl<T>) -> Result<Vec<T::T>, ParquetError> {
    let mut values = Vec::new();
    while reader.read_records(BATCH, None, None, &mut values)?.0 > 0 {}
    Ok(values)
}

fn maybe<T: DataType>(mut reader: ColumnReaderImpl<T>) -> Result<Vec<Option<T::T>>, ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    while reader.read_records(BATCH, Some(&mut levels), None, &mut values)?.0 > 0 {}
    let mut values = values.into_iter();
    Ok(levels.iter().map(|&level| if level > 0 { values.next() } else { None }).collect())
}

impl Table<'_> {
    /// The values of a column.
    pub fn cells(&self, name: &str) -> Option<&Cells<'_>> {
        self.columns.iter().find(|column| column.name == name).map(|column| &column.cells)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tables::{parquet as encoder, runs};
    use crate::report::{sample, tables};
    use std::fs::File;
    use std::io::Write as _;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    /// NaN is not equal to itself; missing numbers are shown as such.
    fn shown(table: &Table<'_>) -> Vec<String> {
        table.columns.iter().map(|column| format!("{} {:?}", column.name, column.cells)).collect()
    }

    #[test]
    fn what_was_written_is_read_back() {
        let mut sample = sample::ensemble(40);
        sample.outcomes[7].scalars.fill(f64::NAN);
        for table in [
            runs(&sample.layout, &sample.outcomes),
            tables::acts(&sample.layout, &sample.outcomes, sample.start),
            runs(&sample.layout, &[]),
        ] {
            let groups = Groups::new("t", file(&encoder::encode(&table).unwrap())).unwrap();
            let found: Vec<_> = groups.map(|table| shown(&table.unwrap())).collect();
            let expected = if table.n_rows() == 0 { Vec::new() } else { vec![shown(&table)] };
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn a_file_that_is_cut_short_or_no_table_is_refused() {
        let sample = sample::ensemble(5);
        let bytes = encoder::encode(&runs(&sample.layout, &sample.outcomes)).unwrap();
        for broken in [&bytes[..bytes.len() / 2], b"", b"PAR1PAR1", b"something else"] {
            let told = Groups::new("runs", file(broken)).unwrap_err().to_string();
            assert!(told.starts_with("the table `runs` can't be read: "), "{told}");
        }
    }
}
