//! The outcome table that the terminal shows after a run.

mod bars;

use crate::experiment::summary::{OutcomeSummary, Placed, Statistics, Summary};
use crate::model::outcome::RecordedRole;
use crate::report::human;

/// On what a text is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// A file or another program: characters only, one thing a line.
    Plain,
    /// A terminal of a reader who wants no colours: bars, but no escapes.
    Monochrome,
    /// A terminal: bars, and ANSI escapes for headings, quiet text and recorded values.
    Colour,
}

/// What a piece of text is, for [`Style::Colour`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Heading,
    Quiet,
    Recorded,
    /// Bars.
    Bar,
    /// What governments do.
    Deed,
    /// What is said.
    Word,
    Plain,
}

impl Style {
    pub(super) fn paint(self, role: Role, text: &str) -> String {
        let code = match role {
            Role::Heading => "1",
            Role::Quiet => "2",
            Role::Recorded => "36",
            Role::Bar => "34",
            Role::Deed => "31",
            Role::Word => "32",
            Role::Plain => return text.to_owned(),
        };
        match self {
            Self::Plain | Self::Monochrome => text.to_owned(),
            Self::Colour => format!("\x1b[{code}m{text}\x1b[0m"),
        }
    }
}

/// Space between columns.
const GAP: usize = 2;
/// Names are never cut shorter than this.
const SHORTEST_NAME: usize = 12;
/// Numeric columns: mean or share, interval, three quantiles.
const N_NUMBERS: usize = 5;
const HEADER: [&str; N_NUMBERS] = ["mean or p", "95 % interval", "5 %", "50 %", "95 %"];

/// One line of the table, formatted but not yet aligned.
struct Row {
    name: String,
    numbers: [String; N_NUMBERS],
    bar: String,
    recorded: Option<String>,
}

/// Rows under one heading.
struct Group {
    heading: String,
    rows: Vec<Row>,
}

/// The table, at most `width` columns wide if that is 60 or more.
///
/// Outcomes named in `highlighted` come first, then all others, both grouped by what they are about. Recorded
/// values stand in a column of their own where there is room, otherwise below their outcome. On a terminal with room for them there
/// are bars: the share of runs with a yes, or from where to where nine runs in ten end, with median and recorded value.
pub fn outcome_table(
    summary: &Summary,
    recorded: &[Placed],
    highlighted: &[String],
    width: usize,
    style: Style,
) -> String {
    let is_first = |outcome: &&OutcomeSummary| highlighted.contains(&outcome.id);
    let first = groups(summary.outcomes.iter().filter(is_first), recorded);
    let rest = groups(summary.outcomes.iter().filter(|outcome| !is_first(outcome)), recorded);
    let columns = Columns::fit(first.iter().chain(&rest), width, style);

    let runs = human::grouped(summary.runs as u64);
    let title = format!("{}  {runs} runs, seed {}", summary.scenario, summary.seed);
    let mut lines =
        vec![style.paint(Role::Heading, &title), String::new(), style.paint(Role::Quiet, &columns.header())];
    for (index, group) in first.iter().chain(&rest).enumerate() {
        if index > 0 && index == first.len() {
            lines.push(style.paint(Role::Quiet, &"─".repeat(columns.total(width))));
        }
        lines.push(style.paint(Role::Heading, &group.heading));
        group.rows.iter().for_each(|row| columns.write(row, style, &mut lines));
    }
    lines.iter().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

/// The outcomes grouped by their ids up to the last dot, groups in order of first appearance.
fn groups<'a>(outcomes: impl Iterator<Item = &'a OutcomeSummary>, recorded: &[Placed]) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for outcome in outcomes {
        let (subject, name) = outcome.id.rsplit_once('.').unwrap_or(("", &outcome.id));
        let heading = subject.replacen('.', " ", 1);
        let placed = recorded.iter().find(|placed| placed.recorded.outcome == outcome.id);
        let row = row(name, outcome, placed);
        match groups.iter_mut().find(|group| group.heading == heading) {
            Some(group) => group.rows.push(row),
            None => groups.push(Group { heading, rows: vec![row] }),
        }
    }
    groups
}

fn row(name: &str, outcome: &OutcomeSummary, placed: Option<&Placed>) -> Row {
    let one = |value| human::value(outcome.unit, value);
    let numbers = match outcome.statistics {
        Statistics::Proportion { p, interval } => {
            let range = human::range(outcome.unit, interval.low, interval.high);
            [one(p), range, String::new(), String::new(), String::new()]
        }
        Statistics::Distribution { mean, mean_interval, quantiles, .. } => {
            let range = human::range(outcome.unit, mean_interval.low, mean_interval.high);
            [one(mean), range, one(quantiles.q05), one(quantiles.q50), one(quantiles.q95)]
        }
    };
    Row {
        name: name.replace('_', " "),
        numbers,
        bar: bars::of(outcome, placed),
        recorded: placed.map(|placed| recorded_text(outcome, placed)),
    }
}

fn recorded_text(outcome: &OutcomeSummary, placed: &Placed) -> String {
    let value = match outcome.statistics {
        Statistics::Proportion { .. } => if placed.recorded.value == 0.0 { "no" } else { "yes" }.to_owned(),
        Statistics::Distribution { .. } => human::value(outcome.unit, placed.recorded.value),
    };
    let place = placed.percentile.map(|share| format!(", above {:.0} %", 100.0 * share)).unwrap_or_default();
    let role = match placed.recorded.role {
        RecordedRole::Fitted => "fitted",
        RecordedRole::HeldOut => "held out",
        RecordedRole::Control => "control",
    };
    format!("{value}{place}, {role}")
}

/// Where the recorded values stand.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Beside {
    Row,
    Below,
}

/// Widths of the columns.
struct Columns {
    name: usize,
    numbers: [usize; N_NUMBERS],
    /// Width of the bars; 0 where there are none.
    bar: usize,
    recorded: usize,
    beside: Beside,
}

impl Columns {
    fn fit<'a>(groups: impl Iterator<Item = &'a Group>, width: usize, style: Style) -> Self {
        let (mut name, mut recorded) = (SHORTEST_NAME, 0);
        let mut numbers = HEADER.map(length);
        for row in groups.flat_map(|group| &group.rows) {
            name = name.max(length(&row.name) + 2);
            recorded = recorded.max(row.recorded.as_deref().map_or(0, length));
            for (widest, text) in numbers.iter_mut().zip(&row.numbers) {
                *widest = (*widest).max(length(text));
            }
        }
        let taken = numbers.iter().sum::<usize>() + GAP * N_NUMBERS;
        let name = name.min(width.saturating_sub(taken).max(SHORTEST_NAME));
        let fits = name + taken + GAP + recorded <= width;
        let beside = if fits { Beside::Row } else { Beside::Below };
        let used = name + taken + if fits { GAP + recorded } else { 0 };
        let has_bars = style != Style::Plain && used + GAP + bars::WIDTH <= width;
        Self { name, numbers, bar: if has_bars { bars::WIDTH } else { 0 }, recorded, beside }
    }

    fn total(&self, width: usize) -> usize {
        let recorded = if self.beside == Beside::Row && self.recorded > 0 { GAP + self.recorded } else { 0 };
        let bar = if self.bar > 0 { GAP + self.bar } else { 0 };
        (self.name + self.numbers.iter().sum::<usize>() + GAP * N_NUMBERS + bar + recorded).min(width)
    }

    fn header(&self) -> String {
        let mut line = pad_right("outcome", self.name) + &self.align(HEADER);
        if self.bar > 0 {
            line.push_str(&" ".repeat(GAP + self.bar));
        }
        if self.beside == Beside::Row && self.recorded > 0 {
            line.push_str(&" ".repeat(GAP));
            line.push_str("recorded");
        }
        line
    }

    fn align<S: AsRef<str>>(&self, numbers: [S; N_NUMBERS]) -> String {
        let cells = self.numbers.iter().zip(numbers);
        cells.fold(String::new(), |line, (width, text)| {
            let width = GAP + width;
            line + &format!("{:>width$}", text.as_ref())
        })
    }

    fn write(&self, row: &Row, style: Style, lines: &mut Vec<String>) {
        let name = format!("  {}", row.name);
        let mut line = pad_right(&shorten(&name, self.name), self.name) + &self.align(row.numbers.each_ref());
        if self.bar > 0 {
            line.push_str(&" ".repeat(GAP));
            line.push_str(&style.paint(Role::Bar, &row.bar));
        }
        match (&row.recorded, self.beside) {
            (None, _) => lines.push(line),
            (Some(text), Beside::Row) => {
                lines.push(format!("{line}{:GAP$}{}", "", style.paint(Role::Recorded, text)));
            }
            (Some(text), Beside::Below) => {
                lines.push(line);
                lines.push(style.paint(Role::Recorded, &format!("    recorded {text}")));
            }
        }
    }
}

pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

pub(super) fn pad_right(text: &str, width: usize) -> String {
    format!("{text:<width$}")
}

/// `text` cut to `width` characters, with a sign that something is missing.
pub(super) fn shorten(text: &str, width: usize) -> String {
    if length(text) <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn table(width: usize, style: Style) -> String {
        let sample = sample::ensemble(50);
        let placed = sample.placed();
        let highlighted = ["market.SSE.first_session_return".to_owned(), "dyad.SA-CA.peak_rung".to_owned()];
        outcome_table(&sample.summary(), &placed, &highlighted, width, style)
    }

    #[test]
    fn the_table_stays_within_80_columns() {
        let table = table(80, Style::Plain);
        for line in table.lines() {
            assert!(length(line) <= 80, "{} columns: {line}", length(line));
        }
        assert!(table.contains("\n    recorded −5.58 %, above "), "{table}");
    }

    #[test]
    fn a_wide_terminal_has_recorded_values_beside_their_outcomes() {
        let table = table(140, Style::Plain);
        assert!(
            table.lines().any(|line| line.contains("first session return") && line.ends_with(", held out")),
            "{table}"
        );
        assert!(table.lines().nth(2).unwrap().ends_with("recorded"));
    }

    #[test]
    fn highlighted_outcomes_come_first_and_are_not_repeated() {
        let table = table(100, Style::Plain);
        let peak = table.find("peak rung").unwrap();
        assert!(peak < table.find("message english-tweet").unwrap());
        assert_eq!(table.matches("peak rung").count(), 1);
    }

    #[test]
    fn colours_change_nothing_but_escapes() {
        let coloured = table(80, Style::Colour);
        let mut plain = coloured.clone();
        for code in ["\x1b[1m", "\x1b[2m", "\x1b[36m", "\x1b[34m", "\x1b[0m"] {
            plain = plain.replace(code, "");
        }
        assert_ne!(coloured, plain);
        assert_eq!(plain, table(80, Style::Monochrome));
    }

    #[test]
    fn bars_stand_on_terminals_with_room_for_them_only() {
        let has_bars = |table: &str| table.contains('━');
        assert!(has_bars(&table(160, Style::Monochrome)));
        assert!(!has_bars(&table(70, Style::Monochrome)));
        assert!(!has_bars(&table(160, Style::Plain)));
        for width in [80, 100, 120, 140, 160] {
            for line in table(width, Style::Monochrome).lines() {
                assert!(length(line) <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn an_ensemble_without_runs_shows_dashes() {
        let mut sample = sample::ensemble(1);
        sample.outcomes.clear();
        let table = outcome_table(&sample.summary(), &[], &[], 80, Style::Plain);
        assert!(table.contains(human::NOTHING));
        assert!(!table.contains("NaN"));
    }
}
