//! Why a command failed, and telling it.

use super::terminal;
use std::iter;
use std::process::ExitCode;
use twiplomacy::study::{StudyError, told};
use twiplomacy::text::{Failure, Look};

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failed {
    /// What was typed, or a scenario, is wrong: exit status 2.
    Usage(anyhow::Error),
    /// Something went wrong on the way: exit status 1.
    Running(anyhow::Error),
    /// A scenario is wrong, and this has been told: exit status 2.
    Told,
}

impl Failed {
    /// What was typed, or a scenario, is wrong.
    pub(crate) fn usage(error: impl Into<anyhow::Error>) -> Self {
        Self::Usage(error.into())
    }

    /// Something went wrong on the way.
    pub(crate) fn running(error: impl Into<anyhow::Error>) -> Self {
        Self::Running(error.into())
    }

    /// Says on standard error what is wrong, and what to do.
    pub(crate) fn print(&self) {
        match self {
            Self::Usage(error) | Self::Running(error) => {
                terminal::remark(&render(error, terminal::stderr_look()));
            }
            Self::Told => {}
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Running(_) => ExitCode::from(1),
            Self::Usage(_) | Self::Told => ExitCode::from(2),
        }
    }
}

impl From<StudyError> for Failed {
    fn from(error: StudyError) -> Self {
        // As it is, and not what it holds: a cause in a box would no longer be found by its type.
        match error {
            StudyError::Asked(_) => Self::Usage(anyhow::Error::new(error)),
            StudyError::Running(_) => Self::Running(anyhow::Error::new(error)),
        }
    }
}

/// The chain of causes in one line, hints below; problems of a scenario with their places.
fn render(error: &anyhow::Error, look: Look) -> String {
    let in_study = error.downcast_ref::<StudyError>().and_then(StudyError::failure);
    let in_chain = || error.chain().find_map(|cause| cause.downcast_ref::<Failure>());
    if let Some(failure) = in_study.or_else(in_chain) {
        return failure.render(look);
    }
    let (causes, hints) = told(error.chain());
    let error = format!("{} {}", paint("error:", "1;31", look), causes);
    let hints = hints.iter().map(|hint| format!("{} {hint}", paint("hint:", "1;36", look)));
    iter::once(error).chain(hints).collect::<Vec<_>>().join("\n\n")
}

fn paint(text: &str, code: &str, look: Look) -> String {
    match look {
        Look::Plain => text.to_owned(),
        Look::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::anyhow;

    #[test]
    fn problems_of_a_text_are_told_with_their_places_wherever_they_come_from() {
        let failure = twiplomacy::text::decode("a.toml", b"x = \xff").unwrap_err();
        let told = failure.render(Look::Plain);
        for failed in [Failed::usage(failure.clone()), StudyError::asked(failure).into()] {
            let Failed::Usage(error) = failed else { panic!("{failed:?}") };
            assert_eq!(render(&error, Look::Plain), told);
        }
    }

    #[test]
    fn causes_stand_in_one_line_and_hints_below() {
        let error = anyhow!("no room\n\nhint: make some").context("`x` can't be written");
        assert_eq!(render(&error, Look::Plain), "error: `x` can't be written: no room\n\nhint: make some");
        let coloured = render(&error, Look::Colour);
        assert!(coloured.starts_with("\x1b[1;31merror:\x1b[0m `x`"), "{coloured:?}");
    }
}
