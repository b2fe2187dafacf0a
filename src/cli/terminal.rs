//! What goes to the terminal: results to standard output, everything else to standard error.

use super::failure::Failed;
use anyhow::anyhow;
use std::io::{self, ErrorKind, IsTerminal, Write};
use twiplomacy::report::text::Style;
use twiplomacy::text::Look;

/// Columns where there is no terminal.
const WIDTH: usize = 120;

/// Prints a result. A reader who has seen enough (`| head`) is no error.
pub(crate) fn print(bytes: impl AsRef<[u8]>) -> Result<(), Failed> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Failed::running(anyhow!(error).context("the result can't be printed")))
        }
        _ => Ok(()),
    }
}

/// Prints a line that is no result.
pub(crate) fn remark(text: &str) {
    // Nobody is left to be told that it failed.
    let _ = writeln!(io::stderr().lock(), "{text}");
}

/// Look of standard error.
pub(crate) fn stderr_look() -> Look {
    if io::stderr().is_terminal() && wants_colour() { Look::Colour } else { Look::Plain }
}

/// Style of standard output.
pub(crate) fn stdout_style() -> Style {
    match (io::stdout().is_terminal(), wants_colour()) {
        (true, true) => Style::Colour,
        (true, false) => Style::Monochrome,
        (false, _) => Style::Plain,
    }
}

/// Columns of standard output.
pub(crate) fn width() -> usize {
    terminal_size::terminal_size_of(io::stdout()).map_or(WIDTH, |(width, _)| usize::from(width.0))
}

/// Whether the user has not asked for plain text (<https://no-color.org>).
fn wants_colour() -> bool {
    let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !is_set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|terminal| terminal != "dumb")
}
