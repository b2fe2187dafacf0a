//! Ids of outcomes that the scenario names: the highlighted and the recorded ones.

use super::parts::Parts;
use super::places::states_of;
use super::{Checker, MARKET, MESSAGE, MOBILISATION, RECOGNITION, Register, STATE, VOLATILITY, unknown};
use crate::text::{Problem, list, nearest};

/// What an outcome can be of.
const SUBJECTS: [&str; 8] =
    ["message", "dyad", "market", "volatility", "world", "state", "recognition", "mobilisation"];

pub(super) fn check(checker: &mut Checker<'_>, parts: &Parts) {
    for id in parts.outcomes.iter().flat_map(|outcomes| &outcomes.highlight) {
        let problem = checker.at(&["outcomes", "highlight"], String::new());
        outcome(checker, id, Problem { place: id.place(), ..problem });
    }
    for id in parts.recorded.keys() {
        let problem = checker.at_key(&["recorded", id], String::new());
        outcome(checker, id, problem);
    }
}

/// Checks that an outcome's id begins with something that exists.
fn outcome(checker: &mut Checker<'_>, id: &str, problem: Problem) {
    let mut segments = id.split('.');
    let (subject, of, what) = (segments.next().unwrap_or_default(), segments.next(), segments.next());
    if !SUBJECTS.contains(&subject) {
        let message = format!("`{id}` is not the id of an outcome");
        let meant = nearest(subject, SUBJECTS);
        checker.report(
            Problem { message, ..problem }
                .allowed(format!("ids that begin with {}", list(SUBJECTS)))
                .did_you_mean(meant),
        );
        return;
    }
    let (Some(of), true) = (of, what.is_some() || subject == "world") else {
        let message = format!("`{id}` is not the id of an outcome");
        let allowed = "ids such as `message.ID.shares`, `dyad.SA-CA.peak_rung` or `world.loss_usd`";
        checker.report(Problem { message, ..problem }.allowed(allowed));
        return;
    };
    let register =
        |register: Register| (!checker.knows(register, of)).then(|| (register.0, checker.ids(register)));
    let fault = match subject {
        "message" => register(MESSAGE),
        "market" => register(MARKET),
        "volatility" => register(VOLATILITY),
        "state" => register(STATE),
        "recognition" => register(RECOGNITION),
        "mobilisation" => register(MOBILISATION),
        "dyad" if states_of(checker, of).is_none() => Some(("dyad", checker.ids(super::DYAD))),
        _ => None,
    };
    if let Some((what, ids)) = fault {
        checker.report(unknown(problem, what, of, &ids));
    }
}
