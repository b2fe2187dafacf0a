//! Parquet: the first two columns of whole numbers are the ends of edges; the account of the second sees what that of the first
//! posts.

use super::{Collector, Format, LoadError, Loaded, MOST_EDGES, graph_of};
use parquet::basic::{ConvertedType, Type as PhysicalType};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::DataType;
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, RowGroupReader, SerializedFileReader};
use parquet::schema::types::ColumnDescriptor;

/// How Parquet files begin.
pub const MAGIC: &[u8; 4] = b"PAR1";

/// Rows read at once.
const BATCH: usize = 1 << 16;

/// Reads Parquet.
pub fn load_parquet(name: &str, file: impl ChunkReader + 'static) -> Result<Loaded, LoadError> {
    let wrong = |message: String| LoadError::Columns { name: name.to_owned(), message };
    let reader = SerializedFileReader::new(file).map_err(|error| wrong(damaged(&error)))?;
    let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
    let mut whole = columns.iter().enumerate().filter(|(_, column)| is_whole(column)).map(|(idx, _)| idx);
    let (Some(from), Some(to)) = (whole.next(), whole.next()) else {
        let kinds: Vec<String> = columns
            .iter()
            .map(|column| format!("`{}` ({})", column.name(), column.physical_type()))
            .collect();
        return Err(wrong(format!(
            "it has no two columns of whole numbers, but {}\n\nhint: the first two columns of type `INT64` or `INT32` are read",
            if kinds.is_empty() { "no column".into() } else { kinds.join(", ") }
        )));
    };
    let n_rows = reader.metadata().file_metadata().num_rows();
    if n_rows as u64 > MOST_EDGES {
        return Err(LoadError::TooManyEdges { name: name.to_owned() });
    }
    let mut collected = Collector::default();
    let mut n_before = 0;
    for idx in 0..reader.num_row_groups() {
        let group = reader.get_row_group(idx).map_err(|error| wrong(damaged(&error)))?;
        let mut ends = [Vec::new(), Vec::new()];
        for (end, column) in ends.iter_mut().zip([from, to]) {
            read_column(&*group, column, &columns[column], n_before, end).map_err(wrong)?;
        }
        if ends[0].len() != ends[1].len() {
            return Err(wrong("its columns differ in length".into()));
        }
        n_before += ends[0].len();
        for (&from, &to) in ends[0].iter().zip(&ends[1]) {
            collected.push(from, to);
        }
    }
    graph_of(name, Format::Parquet, collected)
}

fn damaged(error: &ParquetError) -> String {
    format!("{error}\n\nhint: uncompressed and Snappy-compressed Parquet is read")
}

fn is_whole(column: &ColumnDescriptor) -> bool {
    matches!(column.physical_type(), PhysicalType::INT32 | PhysicalType::INT64) && column.max_rep_level() == 0
}

/// Appends the ids in a column of a row group; `n_before` rows come before it.
fn read_column(
    group: &dyn RowGroupReader,
    idx: usize,
    column: &ColumnDescriptor,
    n_before: usize,
    into: &mut Vec<u64>,
) -> Result<(), String> {
    let is_unsigned = matches!(column.converted_type(), ConvertedType::UINT_32 | ConvertedType::UINT_64);
    let id = |row: usize, value: i64, as_unsigned: u64| {
        if is_unsigned {
            return Ok(as_unsigned);
        }
        u64::try_from(value).map_err(|_| {
            format!(
                "row {}: `{value}` in column `{}` is no account id\n\nhint: allowed are whole numbers from 0",
                n_before + row + 1,
                column.name()
            )
        })
    };
    let optional = column.max_def_level();
    match group.get_column_reader(idx).map_err(|error| damaged(&error))? {
        ColumnReader::Int32ColumnReader(reader) => {
            let whole = values(reader, optional, (n_before, column.name()))?;
            for (row, value) in whole.into_iter().enumerate() {
                into.push(id(row, i64::from(value), u64::from(value as u32))?);
            }
        }
        ColumnReader::Int64ColumnReader(reader) => {
            let whole = values(reader, optional, (n_before, column.name()))?;
            for (row, value) in whole.into_iter().enumerate() {
                into.push(id(row, value, value as u64)?);
            }
        }
        _ => return Err("its columns are not those of its schema".into()),
    }
    Ok(())
}

/// All values of a column of a row group, of which none may be missing.
fn values<T: DataType>(
    mut reader: ColumnReaderImpl<T>,
    optional: i16,
    (n_before, name): (usize, &str),
) -> Result<Vec<T::T>, String> {
    let mut values = Vec::new();
    loop {
        let mut levels = Vec::new();
        let before = values.len();
        let (n_records, n_values, _) = reader
            .read_records(BATCH, (optional > 0).then_some(&mut levels), None, &mut values)
            .map_err(|error| damaged(&error))?;
        if n_values < n_records {
            let missing = levels.iter().position(|&level| level < optional).unwrap_or(0);
            return Err(format!("row {}: column `{name}` is empty", n_before + before + missing + 1));
        }
        if n_records == 0 {
            return Ok(values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphs::labels::Labels;
    use parquet::basic::Repetition;
    use parquet::data_type::{DoubleType, Int32Type, Int64Type};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::types::Type;
    use std::fs::File;
    use std::io::Write as _;
    use std::sync::Arc;

    enum Column<'a> {
        Long(&'a [Option<i64>], ConvertedType),
        Int(&'a [i32]),
        Double(&'a [f64]),
    }

    fn parquet(columns: &[Column<'_>], n_groups: usize) -> File {
        let field = |(idx, column): (usize, &Column<'_>)| {
            let (kind, repetition, converted) = match column {
                Column::Long(_, converted) => (PhysicalType::INT64, Repetition::OPTIONAL, *converted),
                Column::Int(_) => (PhysicalType::INT32, Repetition::REQUIRED, ConvertedType::NONE),
                Column::Double(_) => (PhysicalType::DOUBLE, Repetition::REQUIRED, ConvertedType::NONE),
            };
            let name = format!("c{idx}");
            let builder = Type::primitive_type_builder(&name, kind).with_repetition(repetition);
            Arc::new(builder.with_converted_type(converted).build().unwrap())
        };
        let fields = columns.iter().enumerate().map(field).collect();
        let schema = Arc::new(Type::group_type_builder("edges").with_fields(fields).build().unwrap());
        let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
        for _ in 0..n_groups {
            let mut group = writer.next_row_group().unwrap();
            for column in columns {
                let mut into = group.next_column().unwrap().unwrap();
                match column {
                    Column::Long(cells, _) => {
                        let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
                        let values: Vec<i64> = cells.iter().copied().flatten().collect();
                        into.typed::<Int64Type>().write_batch(&values, Some(&levels), None).unwrap();
                    }
                    Column::Int(cells) => {
                        into.typed::<Int32Type>().write_batch(cells, None, None).unwrap();
                    }
                    Column::Double(cells) => {
                        into.typed::<DoubleType>().write_batch(cells, None, None).unwrap();
                    }
                }
                into.close().unwrap();
            }
            group.close().unwrap();
        }
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&writer.into_inner().unwrap()).unwrap();
        file
    }

    fn refused(file: File) -> String {
        load_parquet("x.parquet", file).unwrap_err().to_string()
    }

    #[test]
    fn the_first_two_columns_of_whole_numbers_are_edges_in_every_row_group() {
        let long = [Some(7), Some(1 << 40), Some(7)];
        let columns = [
            Column::Double(&[0.1, 0.2, 0.3]),
            Column::Long(&long, ConvertedType::NONE),
            Column::Int(&[3, 7, 3]),
        ];
        let loaded = load_parquet("x", parquet(&columns, 2)).unwrap();
        assert_eq!(loaded.labels, Labels::Numbers(vec![3, 7, 1 << 40]));
        assert_eq!((loaded.graph.n_edges(), loaded.n_duplicates), (2, 4));
        assert_eq!((loaded.graph.followers(1), loaded.graph.followers(2)), (&[0][..], &[1][..]));
    }

    #[test]
    fn unsigned_columns_reach_to_the_largest_id() {
        let cells = [Some(-1), Some(1)];
        let unsigned = Column::Long(&cells, ConvertedType::UINT_64);
        let loaded = load_parquet("x", parquet(&[unsigned, Column::Int(&[5, 5])], 1)).unwrap();
        assert_eq!(loaded.labels, Labels::Numbers(vec![1, 5, u64::MAX]));
    }

    #[test]
    fn what_is_no_edge_is_told_with_its_row() {
        let long = |cells| Column::Long(cells, ConvertedType::NONE);
        let (missing, negative) = ([Some(1), None, Some(2)], [Some(1), Some(2), Some(-3)]);
        let good = Column::Int(&[1, 2, 3]);
        let message = refused(parquet(&[long(&missing), good], 1));
        assert!(message.contains("row 2: column `c0` is empty"), "{message}");
        let message = refused(parquet(&[Column::Int(&[1, 2, 3]), long(&negative)], 2));
        assert!(message.contains("row 3: `-3` in column `c1` is no account id"), "{message}");
        let message = refused(parquet(&[Column::Double(&[1.0]), Column::Int(&[1])], 1));
        assert!(
            message.contains("no two columns of whole numbers") && message.contains("`c0` (DOUBLE)"),
            "{message}"
        );
        assert!(refused(parquet(&[Column::Int(&[]), Column::Int(&[])], 1)).contains("names no edge"));
        let mut broken = tempfile::tempfile().unwrap();
        broken.write_all(b"PAR1 and nothing else PAR1").unwrap();
        assert!(refused(broken).starts_with("`x.parquet` can't be used: "));
    }
}
