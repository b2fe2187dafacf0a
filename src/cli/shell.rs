//! `completions` and `man`: what a shell and a pager need.

use super::Cli;
use super::failure::Failed;
use super::terminal;
use anyhow::anyhow;
use clap::CommandFactory;
use clap_complete::Shell;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  twiplomacy completions bash > ~/.local/share/bash-completion/completions/twiplomacy"
)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: Shell,
}

/// Print a manual page
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  twiplomacy man | man -l -\n  twiplomacy man run | man -l -")]
pub(crate) struct ManArgs {
    /// Command whose page is printed; that of the program if absent
    command: Option<String>,
}

pub(crate) fn completions(args: &CompletionsArgs) -> Result<(), Failed> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "twiplomacy", &mut script);
    terminal::print(script)
}

pub(crate) fn man(args: &ManArgs) -> Result<(), Failed> {
    let mut program = Cli::command();
    program.build();
    let command = match &args.command {
        None => program,
        Some(name) => {
            let unknown =
                || anyhow!("there is no command `{name}`\n\nhint: `twiplomacy --help` lists the commands");
            program.find_subcommand(name).cloned().ok_or_else(|| Failed::usage(unknown()))?
        }
    };
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(Failed::running)?;
    terminal::print(page)
}
