//! A table as CSV (RFC 4180): CRLF lines, quotes where needed, nothing between commas where a value is missing.

use crate::report::ReportError;
use crate::report::tables::{Cells, Table};
use csv::{Terminator, WriterBuilder};
use std::{fmt, io};

/// The bytes of the file.
pub fn encode(table: &Table<'_>) -> Result<Vec<u8>, ReportError> {
    let mut writer = Writer::new(table, Vec::new())?;
    writer.write(table)?;
    writer.finish()
}

/// A file whose rows come piece by piece.
pub struct Writer<W: io::Write> {
    name: &'static str,
    file: csv::Writer<W>,
}

impl<W: io::Write> fmt::Debug for Writer<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Writer").field("name", &self.name).finish_non_exhaustive()
    }
}

impl<W: io::Write> Writer<W> {
    /// Begins a file with the columns of `table`, whose rows are not written yet.
    pub fn new(table: &Table<'_>, into: W) -> Result<Self, ReportError> {
        let mut file = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(into);
        let head = table.columns.iter().map(|column| column.name.as_bytes());
        file.write_record(head).map_err(failed(table.name))?;
        Ok(Self { name: table.name, file })
    }

    /// Writes the rows of a table with the same columns.
    pub fn write(&mut self, table: &Table<'_>) -> Result<(), ReportError> {
        let failed = failed(self.name);
        let mut field = String::new();
        for row in 0..table.n_rows() {
            for column in &table.columns {
                field.clear();
                push(&mut field, &column.cells, row);
                self.file.write_field(&field).map_err(&failed)?;
            }
            self.file.write_record(None::<&[u8]>).map_err(&failed)?;
        }
        Ok(())
    }

    /// Ends the file and gives back what it was written into.
    pub fn finish(self) -> Result<W, ReportError> {
        let name = self.name;
        self.file.into_inner().map_err(|error| failed(name)(error.into_error().into()))
    }
}

/// What the encoder said of a table; what the system said is told as such.
fn failed(table: &'static str) -> impl Fn(csv::Error) -> ReportError {
    move |error| match error.into_kind() {
        csv::ErrorKind::Io(source) => ReportError::Unwritten { table, source },
        kind => ReportError::Csv { table, reason: format!("{kind:?}") },
    }
}

/// Appends the value of one cell; nothing if it is missing.
fn push(field: &mut String, cells: &Cells<'_>, row: usize) {
    match cells {
        Cells::Int64(values) => field.push_str(&values[row].to_string()),
        Cells::Int32(values) => field.push_str(&values[row].to_string()),
        // The shortest digits that read back as the same number.
        Cells::Double(values) if values[row].is_finite() => field.push_str(&values[row].to_string()),
        Cells::Double(_) => {}
        Cells::Boolean(values) => field.push_str(match values[row] {
            Some(true) => "true",
            Some(false) => "false",
            None => "",
        }),
        Cells::Text(values) => field.push_str(&values[row]),
        Cells::MaybeText(values) => field.push_str(values[row].as_deref().unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tables::Column;

    #[test]
    fn missing_values_are_empty_and_commas_and_quotes_are_quoted() {
        let column = |name: &'static str, cells| Column {
            name: name.into(),
            unit: "".into(),
            description: "x".into(),
            cells,
        };
        let table = Table {
            name: "t",
            columns: vec![
                column("run", Cells::Int64(vec![0, 1])),
                column("value", Cells::Double(vec![f64::NAN, -0.1])),
                column("yes", Cells::Boolean(vec![None, Some(true)])),
                column("act", Cells::Text(vec!["expel, or \"withdraw\"".into(), "plain".into()])),
                column("how", Cells::MaybeText(vec![None, Some("tariff".into())])),
            ],
        };
        assert_eq!(
            String::from_utf8(encode(&table).unwrap()).unwrap(),
            "run,value,yes,act,how\r\n0,,,\"expel, or \"\"withdraw\"\"\",\r\n1,-0.1,true,plain,tariff\r\n"
        );
    }

    #[test]
    fn a_table_without_rows_has_its_header() {
        let table = Table {
            name: "t",
            columns: vec![Column {
                name: "run".into(),
                unit: "".into(),
                description: "x".into(),
                cells: Cells::Int64(Vec::new()),
            }],
        };
        assert_eq!(encode(&table).unwrap(), b"run\r\n");
    }
}
