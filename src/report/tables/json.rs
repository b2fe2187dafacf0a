//! A table as JSON: one object a row, `null` where a value is missing.

use crate::report::tables::{Cells, Table};
use serde_json::{Map, Value};

/// The rows, columns in the order of the table.
pub fn rows(table: &Table<'_>) -> Vec<Value> {
    let row = |row| {
        let cells = table.columns.iter().map(|column| (column.name.to_string(), cell(&column.cells, row)));
        Value::Object(cells.collect::<Map<_, _>>())
    };
    (0..table.n_rows()).map(row).collect()
}

fn cell(cells: &Cells<'_>, row: usize) -> Value {
    match cells {
        Cells::Int64(values) => values[row].into(),
        Cells::Int32(values) => values[row].into(),
        // What is not a finite number becomes `null`.
        Cells::Double(values) => values[row].into(),
        Cells::Boolean(values) => values[row].into(),
        Cells::Text(values) => values[row].as_ref().into(),
        Cells::MaybeText(values) => values[row].as_deref().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tables::column;
    use serde_json::json;

    #[test]
    fn what_is_missing_is_null() {
        let table = Table {
            name: "t",
            columns: vec![
                column("a", "", "", Cells::Double(vec![1.5, f64::NAN])),
                column("b", "", "", Cells::Boolean(vec![Some(true), None])),
                column("c", "", "", Cells::MaybeText(vec![None, Some("x".into())])),
            ],
        };
        let expected = [json!({"a": 1.5, "b": true, "c": null}), json!({"a": null, "b": null, "c": "x"})];
        assert_eq!(rows(&table), expected);
    }
}
