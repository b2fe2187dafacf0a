//! Outcomes that a scenario names: those that it shows first, and those whose value is on record.
//!
//! Which outcomes there are is known only when a scenario has been built, so a misspelt one is found here and not among
//! the checks of the files.

use crate::model::outcome::{Layout, OutcomeSpec, RecordedRole, RecordedValue, Unit};
use crate::scenario::Scenario;
use crate::scenario::file::{Measured, Role};
use crate::text::{Failure, FromValue, Kind, Place, Problem, Problems, Reader, Value, nearest};

/// The outcomes that a scenario names.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Named {
    /// Ids of those that the table after a run shows first, in this order.
    pub highlighted: Vec<String>,
    /// What the record says, in the unit of each outcome.
    pub recorded: Vec<RecordedValue>,
    /// Ids of things that exist but are not simulated, such as a market that the scenario leaves out.
    pub absent: Vec<String>,
}

impl Named {
    /// Finds the outcomes that `scenario` names among those of its `layout`.
    ///
    /// # Errors
    ///
    /// Where an id is misspelt, or a recorded value is not in the unit of its outcome.
    pub fn of(scenario: &Scenario, layout: &Layout) -> Result<Self, Failure> {
        let mut named = Self::default();
        let mut problems = Problems::new();
        for id in &scenario.file.outcomes.highlight {
            match find(layout, id, id.place(), "outcomes.highlight") {
                Found::Outcome(spec) => named.highlighted.push(spec.id.clone()),
                Found::Absent => named.absent.push(id.to_string()),
                Found::Misspelt(problem) => problems.push(problem),
            }
        }
        for (id, entry) in &scenario.file.recorded {
            let path = format!("recorded.\"{id}\".value");
            let spec = match find(layout, id, entry.value.place(), &path) {
                Found::Outcome(spec) => spec,
                Found::Absent => {
                    named.absent.push(id.clone());
                    continue;
                }
                Found::Misspelt(problem) => {
                    problems.push(problem);
                    continue;
                }
            };
            match in_unit(&entry.value, spec.unit) {
                Ok(value) => named.recorded.push(RecordedValue {
                    outcome: id.clone(),
                    value,
                    source: entry.source.clone(),
                    role: role(entry.role),
                }),
                Err(allowed) => {
                    let message = format!("`{id}` is not recorded in the unit of the outcome");
                    problems.push(Problem::new(entry.value.place(), path, message).allowed(allowed));
                }
            }
        }
        problems.into_result().map(|()| named).map_err(|problems| scenario.refuse(problems))
    }
}

/// What an id stands for.
enum Found<'a> {
    /// An outcome.
    Outcome(&'a OutcomeSpec),
    /// An outcome of something that is not simulated.
    Absent,
    /// No outcome.
    Misspelt(Problem),
}

fn find<'a>(layout: &'a Layout, id: &str, place: Place, path: &str) -> Found<'a> {
    if let Some(spec) = layout.outcomes.iter().find(|spec| spec.id == id) {
        return Found::Outcome(spec);
    }
    let subject = |id: &'a str| id.rsplit_once('.').map(|(subject, _)| subject);
    let own = id.rsplit_once('.').map(|(subject, _)| subject);
    let beside: Vec<&str> =
        layout.outcomes.iter().map(|spec| spec.id.as_str()).filter(|known| subject(known) == own).collect();
    if beside.is_empty() {
        return Found::Absent;
    }
    let message = format!("`{id}` is not the id of an outcome");
    let names = beside.iter().filter_map(|known| known.rsplit_once('.')).map(|(_, name)| name);
    Found::Misspelt(
        Problem::new(place, path, message)
            .allowed(crate::text::list(names))
            .hint("`twiplomacy describe SCENARIO --outcomes` lists all outcomes")
            .did_you_mean(nearest(id, beside.iter().copied())),
    )
}

/// The value as a number in `unit`, or what would be right.
fn in_unit(value: &Measured, unit: Unit) -> Result<f64, &'static str> {
    match (value, unit) {
        (Measured::YesNo(truth), Unit::YesNo) => Ok(f64::from(u8::from(*truth))),
        (_, Unit::YesNo) => Err("`true` or `false`"),
        (Measured::Fraction(fraction), Unit::Fraction | Unit::Share) => Ok(fraction.get()),
        (_, Unit::Fraction | Unit::Share) => Err("a percentage, such as `-0.45 %`"),
        (Measured::Span(span), Unit::Hours) => Ok(span.as_hours()),
        (_, Unit::Hours) => Err("a duration, such as `7.5 h`"),
        (Measured::Dollars(money), Unit::UsDollars) => Ok(money.get()),
        (_, Unit::UsDollars) => Err("an amount, such as `5 bn USD`"),
        (
            Measured::Number(number),
            Unit::Shares
            | Unit::People
            | Unit::Impressions
            | Unit::Count
            | Unit::Rung
            | Unit::Goldstein
            | Unit::Tension
            | Unit::Points,
        ) => Ok(*number),
        _ => Err("a number without a unit, such as `7`"),
    }
}

/// The number that `text` gives in `unit`: with the unit of its kind (`1 %`, `2 h`, `5 bn USD`), or plain where that is a number as in files.
///
/// # Errors
/// What would be right.
pub fn amount(text: &str, unit: Unit) -> Result<f64, &'static str> {
    let text = text.trim();
    if let (Ok(number), Unit::Fraction | Unit::Share | Unit::YesNo) = (text.parse::<f64>(), unit) {
        return Ok(number);
    }
    // Of a yes or no the probability is meant.
    let unit = if unit == Unit::YesNo { Unit::Share } else { unit };
    let kind = match text.replace('_', "").parse::<f64>() {
        Ok(number) => Kind::Float(number),
        Err(_) => Kind::String(text.to_owned()),
    };
    let measured = Measured::read(&Value::unplaced(kind), &mut Reader::new());
    in_unit(&measured.unwrap_or(Measured::YesNo(false)), unit)
}

const fn role(role: Role) -> RecordedRole {
    match role {
        Role::Fitted => RecordedRole::Fitted,
        Role::HeldOut => RecordedRole::HeldOut,
        Role::Control => RecordedRole::Control,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::outcome::OutcomeKind;
    use crate::scenario::{Request, Source, bundled, load, template};

    fn layout() -> Layout {
        let spec =
            |id: &str, unit, kind| OutcomeSpec { id: id.to_owned(), unit, kind, description: String::new() };
        Layout {
            outcomes: vec![
                spec("message.first.shares", Unit::Shares, OutcomeKind::Continuous),
                spec("message.first.answered", Unit::YesNo, OutcomeKind::YesNo),
                spec("dyad.SA-CA.peak_rung", Unit::Rung, OutcomeKind::Discrete),
                spec("dyad.SA-CA.first_act_hours", Unit::Hours, OutcomeKind::Continuous),
            ],
            ..Layout::default()
        }
    }

    /// The template with lines added to its end.
    fn scenario(more: &str) -> Scenario {
        load(&Request::new(Source::new("t.toml", template::TEXT.to_owned() + more))).unwrap()
    }

    fn recorded(id: &str, value: &str) -> String {
        format!("\n[recorded.\"{id}\"]\nvalue = {value}\nrole = \"control\"\nsource = \"example\"\n")
    }

    #[test]
    fn recorded_values_come_in_the_unit_of_their_outcome() {
        let text = recorded("message.first.answered", "true")
            + &recorded("dyad.SA-CA.first_act_hours", "\"2 d\"")
            + &recorded("dyad.SA-CA.peak_rung", "7");
        let named = Named::of(&scenario(&text), &layout()).unwrap();
        let values: Vec<_> =
            named.recorded.iter().map(|recorded| (recorded.outcome.as_str(), recorded.value)).collect();
        assert_eq!(
            values,
            [
                ("dyad.SA-CA.first_act_hours", 48.0),
                ("dyad.SA-CA.peak_rung", 7.0),
                ("message.first.answered", 1.0)
            ]
        );
        assert_eq!(named.recorded[0].role, RecordedRole::Control);
        assert_eq!(named.highlighted, ["message.first.shares", "dyad.SA-CA.peak_rung"]);
    }

    #[test]
    fn a_misspelt_outcome_is_refused_at_its_place() {
        let failure =
            Named::of(&scenario(&recorded("message.first.anwsered", "true")), &layout()).unwrap_err();
        let text = failure.to_string();
        assert!(text.contains("t.toml:64:9"), "{text}");
        assert!(text.contains("did you mean `message.first.answered`?"), "{text}");
    }

    #[test]
    fn a_recorded_value_in_another_unit_is_refused() {
        for (id, value, allowed) in [
            ("message.first.answered", "1", "`true` or `false`"),
            ("dyad.SA-CA.first_act_hours", "12", "a duration, such as `7.5 h`"),
            ("dyad.SA-CA.peak_rung", "\"7 %\"", "a number without a unit, such as `7`"),
        ] {
            let text = Named::of(&scenario(&recorded(id, value)), &layout()).unwrap_err().to_string();
            assert!(text.contains(allowed), "{text}");
        }
    }

    #[test]
    fn amounts_are_read_in_the_unit_of_their_outcome() {
        for (text, unit, expected) in [
            ("1 %", Unit::YesNo, Ok(0.01)),
            ("0.01", Unit::YesNo, Ok(0.01)),
            ("0.5 %", Unit::Fraction, Ok(0.005)),
            ("90 min", Unit::Hours, Ok(1.5)),
            ("5_000", Unit::Shares, Ok(5000.0)),
            ("2 bn USD", Unit::UsDollars, Ok(2e9)),
            ("2", Unit::Hours, Err("a duration, such as `7.5 h`")),
            ("2 h", Unit::Rung, Err("a number without a unit, such as `7`")),
            ("much", Unit::YesNo, Err("a percentage, such as `-0.45 %`")),
        ] {
            assert_eq!(amount(text, unit), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_simulated_is_left_out_by_name() {
        let text = recorded("market.TSX.drawdown", "\"1 %\"");
        let named = Named::of(&scenario(&text), &layout()).unwrap();
        assert_eq!((named.recorded.len(), named.absent), (0, vec!["market.TSX.drawdown".to_owned()]));
    }

    #[test]
    fn every_outcome_that_a_bundled_scenario_names_exists() {
        for bundled in bundled::scenarios() {
            let source = Source::new(bundled.id, bundled.text);
            let mut request = Request::new(source);
            request.set.push("network.accounts=20000".to_owned());
            let scenario = load(&request).unwrap();
            let simulation = crate::simulation::Simulation::new(&scenario, 1).unwrap();
            let named = Named::of(&scenario, simulation.layout()).unwrap();
            assert_eq!(named.absent, Vec::<String>::new(), "{}", bundled.id);
            assert_eq!(named.recorded.len(), scenario.file.recorded.len());
        }
    }
}
