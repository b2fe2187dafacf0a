//! What went wrong, as Python exceptions that say the same as the program does.

use pyo3::exceptions::{PyRuntimeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use twiplomacy::study::StudyError;
use twiplomacy::text::{Failure, Problem};

pyo3::create_exception!(
    twiplomacy,
    UsageError,
    PyValueError,
    "What was asked for is wrong. `hint` says what to do, or is None."
);
pyo3::create_exception!(
    twiplomacy,
    ScenarioError,
    UsageError,
    "A scenario, or a value laid over it, is wrong. `problems` holds all that is wrong, each with its place, what is allowed and a hint."
);
pyo3::create_exception!(
    twiplomacy,
    RunError,
    PyRuntimeError,
    "Something went wrong on the way. `hint` says what to do, or is None."
);

/// The exception for an error of the library.
pub(crate) fn raised(error: StudyError) -> PyErr {
    if let Some(failure) = error.failure() {
        return refused(failure);
    }
    let (message, hints) = error.told();
    match error {
        StudyError::Asked(_) => hinted::<UsageError>(message, hints),
        StudyError::Running(_) => hinted::<RunError>(message, hints),
    }
}

/// The exception for what was asked for.
pub(crate) fn asked(error: impl std::error::Error + Send + Sync + 'static) -> PyErr {
    raised(StudyError::asked(error))
}

/// The exception for what went wrong on the way.
pub(crate) fn failed(error: impl std::error::Error + Send + Sync + 'static) -> PyErr {
    raised(StudyError::running(error))
}

/// The exception for a mistake that only Python can make.
pub(crate) fn mistake(message: impl Into<String>, hint: impl Into<String>) -> PyErr {
    hinted::<UsageError>(message.into(), vec![hint.into()])
}

fn hinted<E: pyo3::type_object::PyTypeInfo>(message: String, hints: Vec<String>) -> PyErr {
    Python::attach(|py| {
        let text = hints.iter().fold(message.clone(), |text, hint| text + "\n\nhint: " + hint);
        let error = PyErr::from_type(py.get_type::<E>(), (text,));
        let value = error.value(py);
        let hint = (!hints.is_empty()).then(|| hints.join("\n"));
        match value.setattr("message", message).and_then(|()| value.setattr("hint", hint)) {
            Ok(()) => error,
            Err(other) => other,
        }
    })
}

/// The exception for problems of texts.
fn refused(failure: &Failure) -> PyErr {
    Python::attach(|py| {
        let error = PyErr::from_type(py.get_type::<ScenarioError>(), (failure.to_string(),));
        let fill = || -> PyResult<()> {
            let mut problems: Vec<&Problem> = failure.problems.iter().collect();
            problems.sort();
            problems.dedup();
            let class = py.import("twiplomacy._errors")?.getattr("Problem")?;
            let problems: Vec<_> =
                problems.into_iter().map(|one| problem(&class, failure, one)).collect::<PyResult<_>>()?;
            let value = error.value(py);
            let hint =
                problems.iter().find_map(|one| one.getattr("hint").ok().filter(|hint| !hint.is_none()));
            value.setattr("message", problems.first().map(|one| one.getattr("message")).transpose()?)?;
            value.setattr("hint", hint)?;
            value.setattr("problems", problems)
        };
        fill().err().unwrap_or(error)
    })
}

fn problem<'py>(class: &Bound<'py, PyAny>, failure: &Failure, one: &Problem) -> PyResult<Bound<'py, PyAny>> {
    let (line, column) = failure.sources.line_column(one.place);
    let source = failure.sources.name(one.place.source);
    let fields = PyDict::new(class.py());
    fields.set_item("message", &one.message)?;
    fields.set_item("source", source)?;
    fields.set_item("line", line)?;
    fields.set_item("column", column)?;
    fields.set_item("path", &one.path)?;
    fields.set_item("allowed", &one.allowed)?;
    fields.set_item("hint", &one.hint)?;
    class.call((), Some(&fields))
}
