//! Ids of outcomes that the scenario names: the highlighted and the recorded ones.

use super::cast::ids_are_plain;
use super::parts::Parts;
use super::places::states_of;
use super::{
    Checker, MARKET, MESSAGE, MOBILISATION, RATIO, RECOGNITION, Register, STATE, VOLATILITY, unknown,
};
use crate::text::{Problem, list, nearest};
use crate::units::TimeSpan;

/// What an outcome can be of.
const SUBJECTS: [&str; 9] =
    ["message", "dyad", "market", "volatility", "world", "state", "recognition", "mobilisation", "ratio"];

pub(super) fn check(checker: &mut Checker<'_>, parts: &Parts) {
    asked(checker, parts);
    for id in parts.outcomes.iter().flat_map(|outcomes| &outcomes.highlight) {
        let problem = checker.at(&["outcomes", "highlight"], String::new());
        outcome(checker, id, Problem { place: id.place(), ..problem });
    }
    for id in parts.recorded.keys() {
        let problem = checker.at_key(&["recorded", id], String::new());
        outcome(checker, id, problem);
    }
}

/// Checks what the scenario asks to be measured.
fn asked(checker: &mut Checker<'_>, parts: &Parts) {
    let Some(outcomes) = &parts.outcomes else { return };
    checker.refer_keys(MESSAGE, &outcomes.share_after, &["outcomes", "share_after"]);
    for (id, spans) in &*outcomes.share_after {
        for span in spans.iter().filter(|span| ***span <= TimeSpan::ZERO) {
            let problem = checker.at(&["outcomes", "share_after", id], "no share is made at once");
            checker.report(Problem { place: span.place(), ..problem }.allowed("more than `0 s`"));
        }
    }
    ids_are_plain(checker, RATIO);
    for (id, ratio) in &outcomes.ratios {
        for (key, ids) in [("of", &ratio.of), ("to", &ratio.to)] {
            let at = ["outcomes", "ratios", id, key];
            if ids.is_empty() {
                let problem = checker.at(&at, format!("`{key}` names no outcome"));
                checker.report(problem.hint("name at least one, such as `[\"message.ID.shares\"]`"));
            }
            for id in ids {
                let problem = checker.at(&at, String::new());
                if id.starts_with("ratio.") {
                    let message = format!("`{}` is itself a ratio", &**id);
                    checker.report(
                        Problem { place: id.place(), message, ..problem }
                            .allowed("outcomes that are not ratios"),
                    );
                } else {
                    outcome(checker, id, Problem { place: id.place(), ..problem });
                }
            }
        }
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
    let (Some(of), true) = (of, what.is_some() || matches!(subject, "world" | "ratio")) else {
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
        "ratio" => register(RATIO),
        "dyad" if states_of(checker, of).is_none() => Some(("dyad", checker.ids(super::DYAD))),
        _ => None,
    };
    if let Some((what, ids)) = fault {
        checker.report(unknown(problem, what, of, &ids));
    }
}
