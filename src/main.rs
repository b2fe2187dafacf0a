//! The program: reads what was typed, calls the library, prints.

mod cli;
#[cfg(feature = "serve")]
mod serve;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
