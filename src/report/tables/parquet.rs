//! A table as Parquet: Snappy, missing values as nulls, unit and description of every column in the metadata.

use crate::report::ReportError;
use crate::report::tables::{Cells, Table};
use parquet::basic::{Compression, LogicalType, Repetition, Type as PhysicalType};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{WriterProperties, WriterPropertiesPtr};
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{ColumnPath, Type, TypePtr};
use std::ops::Range;
use std::sync::Arc;
use std::{fmt, io};

/// Rows of one row group: small enough to be read piecewise, large enough to compress.
const ROWS_PER_GROUP: usize = 100_000;

/// Constant, so that bytes depend on nothing but the content.
const CREATED_BY: &str = "twiplomacy";

/// The bytes of the file.
pub fn encode(table: &Table<'_>) -> Result<Vec<u8>, ReportError> {
    let mut writer = Writer::new(table, Vec::new())?;
    writer.write(table)?;
    writer.finish()
}

/// A file whose rows come piece by piece.
pub struct Writer<W: io::Write + Send> {
    name: &'static str,
    file: SerializedFileWriter<W>,
}

impl<W: io::Write + Send> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<W: io::Write + Send> Writer<W> {
    /// Begins a file with the columns of `table`, whose rows are not written yet.
    pub fn new(table: &Table<'_>, into: W) -> Result<Self, ReportError> {
        let begun =
            schema(table).and_then(|schema| SerializedFileWriter::new(into, schema, properties(table)));
        Ok(Self { name: table.name, file: begun.map_err(failed(table.name))? })
    }

    /// Writes the rows of a table with the same columns, in groups of their own.
    pub fn write(&mut self, table: &Table<'_>) -> Result<(), ReportError> {
        self.write_groups(table).map_err(failed(self.name))
    }

    fn write_groups(&mut self, table: &Table<'_>) -> Result<(), ParquetError> {
        let n_rows = table.n_rows();
        for first in (0..n_rows).step_by(ROWS_PER_GROUP) {
            let rows = first..(first + ROWS_PER_GROUP).min(n_rows);
            let mut group = self.file.next_row_group()?;
            for column in &table.columns {
                let mut into =
                    group.next_column()?.expect("the schema has a column for every column of the table");
                write_cells(&mut into, &column.cells, rows.clone())?;
                into.close()?;
            }
            group.close()?;
        }
        Ok(())
    }

    /// Ends the file and gives back what it was written into.
    pub fn finish(self) -> Result<W, ReportError> {
        self.file.into_inner().map_err(failed(self.name))
    }
}

/// What the encoder said of a table; what the system said is told as such.
fn failed(table: &'static str) -> impl Fn(ParquetError) -> ReportError {
    move |source| match source {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(source) => ReportError::Unwritten { table, source: *source },
            Err(cause) => ReportError::Parquet { table, source: ParquetError::External(cause) },
        },
        source => ReportError::Parquet { table, source },
    }
}

fn schema(table: &Table<'_>) -> Result<TypePtr, ParquetError> {
    let field = |name: &str, cells: &Cells<'_>| {
        let (physical, repetition) = match cells {
            Cells::Int64(_) => (PhysicalType::INT64, Repetition::REQUIRED),
            Cells::Int32(_) => (PhysicalType::INT32, Repetition::REQUIRED),
            Cells::Double(_) => (PhysicalType::DOUBLE, Repetition::OPTIONAL),
            Cells::Boolean(_) => (PhysicalType::BOOLEAN, Repetition::OPTIONAL),
            Cells::Text(_) => (PhysicalType::BYTE_ARRAY, Repetition::REQUIRED),
            Cells::MaybeText(_) => (PhysicalType::BYTE_ARRAY, Repetition::OPTIONAL),
        };
        let is_text = physical == PhysicalType::BYTE_ARRAY;
        Type::primitive_type_builder(name, physical)
            .with_repetition(repetition)
            .with_logical_type(is_text.then_some(LogicalType::String))
            .build()
            .map(Arc::new)
    };
    let fields = table.columns.iter().map(|column| field(&column.name, &column.cells));
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder(table.name).with_fields(fields).build().map(Arc::new)
}

fn properties(table: &Table<'_>) -> WriterPropertiesPtr {
    let pair =
        |key: &str, column: &str, value: &str| KeyValue::new(format!("{key}.{column}"), value.to_owned());
    let metadata = table.columns.iter().flat_map(|column| {
        let unit = (!column.unit.is_empty()).then(|| pair("unit", &column.name, &column.unit));
        unit.into_iter().chain([pair("description", &column.name, &column.description)])
    });
    let mut builder = WriterProperties::builder()
        .set_created_by(CREATED_BY.into())
        .set_compression(Compression::SNAPPY)
        .set_key_value_metadata(Some(metadata.collect()));
    for column in &table.columns {
        // Real numbers hardly ever repeat: a dictionary of them would only be written twice.
        if matches!(column.cells, Cells::Double(_)) {
            let path = ColumnPath::new(vec![column.name.to_string()]);
            builder = builder.set_column_dictionary_enabled(path, false);
        }
    }
    Arc::new(builder.build())
}

fn write_cells(
    into: &mut SerializedColumnWriter<'_>,
    cells: &Cells<'_>,
    rows: Range<usize>,
) -> Result<(), ParquetError> {
    match cells {
        Cells::Int64(values) => write_required::<Int64Type>(into, &values[rows]),
        Cells::Int32(values) => write_required::<Int32Type>(into, &values[rows]),
        Cells::Double(values) => write_optional::<DoubleType>(
            into,
            values[rows].iter().map(|value| Some(*value).filter(|v| v.is_finite())),
        ),
        Cells::Boolean(values) => write_optional::<BoolType>(into, values[rows].iter().copied()),
        Cells::Text(values) => {
            let values: Vec<ByteArray> = values[rows].iter().map(|text| ByteArray::from(&**text)).collect();
            write_required::<ByteArrayType>(into, &values)
        }
        Cells::MaybeText(values) => write_optional::<ByteArrayType>(
            into,
            values[rows].iter().map(|text| text.as_deref().map(ByteArray::from)),
        ),
    }
}

fn write_required<T: DataType>(
    into: &mut SerializedColumnWriter<'_>,
    values: &[T::T],
) -> Result<(), ParquetError> {
    into.typed::<T>().write_batch(values, None, None).map(drop)
}

/// Writes values of which some are missing: definition level 1 where there is one, 0 where not.
fn write_optional<T: DataType>(
    into: &mut SerializedColumnWriter<'_>,
    cells: impl Iterator<Item = Option<T::T>>,
) -> Result<(), ParquetError> {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        levels.push(i16::from(cell.is_some()));
        values.extend(cell);
    }
    into.typed::<T>().write_batch(&values, Some(&levels), None).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample, tables};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, Row};
    use std::fs::File;
    use std::io::Write as _;

    fn read(bytes: &[u8]) -> SerializedFileReader<File> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        SerializedFileReader::new(file).unwrap()
    }

    fn cell(row: &Row, name: &str) -> Field {
        row.get_column_iter().find(|(found, _)| *found == name).map(|(_, field)| field.clone()).unwrap()
    }

    #[test]
    fn what_was_written_is_read_back_with_nulls_for_what_is_missing() {
        let mut sample = sample::ensemble(4);
        let index = sample.index("dyad.SA-CA.first_act_hours");
        sample.outcomes[2].scalars[index] = f64::NAN;
        let reader = read(&encode(&tables::runs(&sample.layout, &sample.outcomes)).unwrap());
        let rows: Vec<Row> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 4);
        assert_eq!(cell(&rows[2], "run"), Field::Long(2));
        assert_eq!(cell(&rows[2], "dyad.SA-CA.first_act_hours"), Field::Null);
        let shares = sample.outcomes[3].scalars[sample.index("message.arabic-tweet.shares")];
        assert_eq!(cell(&rows[3], "message.arabic-tweet.shares"), Field::Double(shares));
        assert!(matches!(cell(&rows[3], "message.arabic-tweet.answered"), Field::Bool(_)));
        assert_eq!(cell(&rows[3], "stop"), Field::Str("finished".into()));
    }

    #[test]
    fn units_and_descriptions_travel_in_the_metadata() {
        let sample = sample::ensemble(4);
        let reader = read(&encode(&tables::runs(&sample.layout, &sample.outcomes)).unwrap());
        let metadata = reader.metadata().file_metadata();
        let pairs = metadata.key_value_metadata().unwrap();
        let value = |key: &str| pairs.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
        assert_eq!(value("unit.message.arabic-tweet.shares").as_deref(), Some("shares"));
        assert!(value("description.world.loss_usd").is_some_and(|text| !text.is_empty()));
        assert_eq!(metadata.created_by(), Some("twiplomacy"));
    }

    #[test]
    fn acts_keep_their_order_types_and_missing_instruments() {
        let sample = sample::ensemble(30);
        let bytes = encode(&tables::acts(&sample.layout, &sample.outcomes, sample.start)).unwrap();
        let rows: Vec<Row> = read(&bytes).get_row_iter(None).unwrap().map(Result::unwrap).collect();
        let written: usize = sample.outcomes.iter().map(|outcome| outcome.acts.len()).sum();
        assert_eq!(rows.len(), written);
        assert_eq!(cell(&rows[0], "rung"), Field::Int(2));
        assert_eq!(cell(&rows[0], "weight"), Field::Double(-5.0));
        assert!(rows.iter().any(|row| cell(row, "instrument") == Field::Null));
        assert!(rows.iter().any(|row| cell(row, "instrument") == Field::Str("trade-freeze".into())));
    }

    #[test]
    fn large_tables_are_cut_into_groups_and_empty_ones_keep_their_schema() {
        let cells = Cells::Int64((0..250_000).collect());
        let run =
            |cells| tables::Column { name: "run".into(), unit: "".into(), description: "x".into(), cells };
        let reader = read(&encode(&Table { name: "t", columns: vec![run(cells)] }).unwrap());
        assert_eq!(reader.metadata().num_row_groups(), 3);
        assert_eq!(reader.get_row_iter(None).unwrap().count(), 250_000);
        let empty =
            read(&encode(&Table { name: "t", columns: vec![run(Cells::Int64(Vec::new()))] }).unwrap());
        assert_eq!(empty.metadata().file_metadata().schema().get_fields().len(), 1);
        assert_eq!(empty.get_row_iter(None).unwrap().count(), 0);
    }

    #[test]
    fn the_same_table_gives_the_same_bytes() {
        let sample = sample::ensemble(20);
        let bytes = || encode(&tables::runs(&sample.layout, &sample.outcomes)).unwrap();
        assert_eq!(bytes(), bytes());
    }
}
