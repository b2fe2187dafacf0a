//! Tables in Arrow's memory, handed over without copying by its C stream interface.

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, RecordBatchIterator,
    StringArray,
};
use arrow_schema::ffi::FFI_ArrowSchema;
use arrow_schema::{ArrowError, DataType, Field, Metadata, Schema, SchemaRef};
use pyo3::prelude::*;
use pyo3::types::{PyCapsule, PyList};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;
use twiplomacy::report::tables::{Cells, Table as Columns};

use crate::errors::failed;

/// A table in Arrow's memory: batches of rows with one schema.
#[pyclass(frozen, module = "twiplomacy._native")]
pub(crate) struct Table {
    schema: SchemaRef,
    batches: Vec<RecordBatch>,
}

#[pymethods]
impl Table {
    /// Hands the rows over to who reads Arrow's C stream interface; buffers are shared, not copied.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The protocol lets a producer that does not convert ignore what is requested.
        drop(requested_schema);
        let batches: Vec<Result<RecordBatch, ArrowError>> = self.batches.iter().cloned().map(Ok).collect();
        let reader = RecordBatchIterator::new(batches, Arc::clone(&self.schema));
        PyCapsule::new_with_value(py, FFI_ArrowArrayStream::new(Box::new(reader)), c"arrow_array_stream")
    }

    /// The schema by Arrow's C interface.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(self.schema.as_ref()).map_err(failed)?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }

    #[getter]
    fn num_rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.schema.fields().iter().map(|field| field.name().clone()).collect()
    }

    /// Metadata of a column: its unit and its description.
    fn metadata(&self, name: &str) -> Option<BTreeMap<String, String>> {
        let field = self.schema.field_with_name(name).ok()?;
        Some(field.metadata().iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    /// The values of a column as a list; missing ones are None.
    fn column<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Option<Bound<'py, PyList>>> {
        let Ok(index) = self.schema.index_of(name) else { return Ok(None) };
        let list = PyList::empty(py);
        for batch in &self.batches {
            push_values(&list, batch.column(index))?;
        }
        Ok(Some(list))
    }
}

fn push_values(list: &Bound<'_, PyList>, array: &ArrayRef) -> PyResult<()> {
    macro_rules! push {
        ($($kind:ty),*) => {
            $(if let Some(array) = array.as_any().downcast_ref::<$kind>() {
                return array.iter().try_for_each(|value| list.append(value));
            })*
        };
    }
    push!(Int64Array, Int32Array, Float64Array, BooleanArray, StringArray);
    Ok(())
}

impl Table {
    /// The rows of pieces that have the same columns, of which there is at least one. What a piece does not say of the meaning of its columns
    /// is looked up in `meaning`: unit and description of a column by its name.
    pub(crate) fn of(
        pieces: &[Columns<'_>],
        meaning: impl Fn(&str) -> Option<(String, String)>,
    ) -> PyResult<Self> {
        let Some(first) = pieces.first() else {
            return Ok(Self { schema: Arc::new(Schema::empty()), batches: Vec::new() });
        };
        let field = |column: &twiplomacy::report::tables::Column<'_>| {
            let (unit, description) = if column.description.is_empty() {
                meaning(&column.name).unwrap_or_default()
            } else {
                (column.unit.to_string(), column.description.to_string())
            };
            let pairs = [("unit", unit), ("description", description)];
            let metadata = pairs
                .into_iter()
                .filter(|(_, text)| !text.is_empty())
                .map(|(key, text)| (key.to_owned(), text));
            let (kind, is_nullable) = kind(&column.cells);
            Field::new(column.name.as_ref(), kind, is_nullable).with_metadata(metadata.collect::<Metadata>())
        };
        let schema: SchemaRef = Arc::new(Schema::new(first.columns.iter().map(field).collect::<Vec<_>>()));
        let batch = |piece: &Columns<'_>| {
            let arrays = piece.columns.iter().map(|column| array(&column.cells)).collect();
            RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(failed)
        };
        let batches = pieces.iter().map(batch).collect::<PyResult<Vec<_>>>()?;
        Ok(Self { schema, batches })
    }

    /// One table that says all of its columns itself.
    pub(crate) fn single(table: &Columns<'_>) -> PyResult<Self> {
        Self::of(std::slice::from_ref(table), |_| None)
    }

    /// Objects of JSON with the same keys, one a row. Numbers, truths and texts become columns of their kind; lists of two become two columns;
    /// what is deeper is left out.
    pub(crate) fn of_json(rows: &[Value]) -> PyResult<Self> {
        let rows: Vec<Map<String, Value>> = rows.iter().map(flat).collect();
        let mut keys: Vec<&String> = Vec::new();
        for key in rows.iter().flat_map(Map::keys) {
            if !keys.contains(&key) {
                keys.push(key);
            }
        }
        let columns: Vec<(&String, ArrayRef)> =
            keys.into_iter().map(|key| (key, json_column(&rows, key))).collect();
        let field = |(key, array): &(&String, ArrayRef)| Field::new(*key, array.data_type().clone(), true);
        let schema: SchemaRef = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        let arrays: Vec<ArrayRef> = columns.into_iter().map(|(_, array)| array).collect();
        let batches = if arrays.is_empty() {
            Vec::new()
        } else {
            vec![RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(failed)?]
        };
        Ok(Self { schema, batches })
    }
}

fn kind(cells: &Cells<'_>) -> (DataType, bool) {
    match cells {
        Cells::Int64(_) => (DataType::Int64, false),
        Cells::Int32(_) => (DataType::Int32, false),
        Cells::Double(_) => (DataType::Float64, true),
        Cells::Boolean(_) => (DataType::Boolean, true),
        Cells::Text(_) => (DataType::Utf8, false),
        Cells::MaybeText(_) => (DataType::Utf8, true),
    }
}

/// The values of a column; what is no finite number is missing, as in the files.
fn array(cells: &Cells<'_>) -> ArrayRef {
    match cells {
        Cells::Int64(values) => Arc::new(Int64Array::from(values.clone())),
        Cells::Int32(values) => Arc::new(Int32Array::from(values.clone())),
        Cells::Double(values) if values.iter().all(|value| value.is_finite()) => {
            Arc::new(Float64Array::from(values.clone()))
        }
        Cells::Double(values) => {
            Arc::new(values.iter().map(|value| value.is_finite().then_some(*value)).collect::<Float64Array>())
        }
        Cells::Boolean(values) => Arc::new(BooleanArray::from(values.clone())),
        Cells::Text(values) => Arc::new(StringArray::from_iter_values(values.iter())),
        Cells::MaybeText(values) => {
            Arc::new(values.iter().map(|value| value.as_deref()).collect::<StringArray>())
        }
    }
}

/// An object in which a list of two numbers, such as an interval, is two entries.
fn flat(row: &Value) -> Map<String, Value> {
    let mut flat = Map::new();
    for (key, value) in row.as_object().into_iter().flatten() {
        match value {
            Value::Array(pair) if pair.len() == 2 && !pair.iter().any(Value::is_object) => {
                flat.insert(format!("{key}_low"), pair[0].clone());
                flat.insert(format!("{key}_high"), pair[1].clone());
            }
            Value::Array(_) | Value::Object(_) => {}
            single => {
                flat.insert(key.clone(), single.clone());
            }
        }
    }
    flat
}

fn json_column(rows: &[Map<String, Value>], key: &str) -> ArrayRef {
    let cells = || rows.iter().map(|row| row.get(key).unwrap_or(&Value::Null));
    let all = |test: fn(&Value) -> bool| cells().all(|cell| cell.is_null() || test(cell));
    if cells().all(Value::is_null) {
        return Arc::new(cells().map(|_| None::<f64>).collect::<Float64Array>());
    }
    if all(Value::is_i64) {
        Arc::new(cells().map(Value::as_i64).collect::<Int64Array>())
    } else if all(Value::is_number) {
        Arc::new(cells().map(Value::as_f64).collect::<Float64Array>())
    } else if all(Value::is_boolean) {
        Arc::new(cells().map(Value::as_bool).collect::<BooleanArray>())
    } else {
        let text = |cell: &Value| match cell {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        Arc::new(cells().map(text).collect::<StringArray>())
    }
}
