//! Recognitions and mobilisations.

use super::cast::{ids_are_plain, public_ids, simulated_state};
use super::parts::Parts;
use super::{
    ACT, Checker, ISSUE, MESSAGE, MOBILISATION, OFFLINE, RECOGNITION, STATE, Segments, join, unknown,
};
use crate::scenario::society_file::{Mobilisation, Recognisers, Recognition};
use crate::text::Problem;

pub(super) fn check(checker: &mut Checker<'_>, parts: &Parts) {
    ids_are_plain(checker, RECOGNITION);
    for (id, recognition) in &parts.recognitions {
        one_recognition(checker, parts, recognition, &["events", "recognitions", id]);
    }
    ids_are_plain(checker, MOBILISATION);
    for (id, mobilisation) in &parts.mobilisations {
        one_mobilisation(checker, parts, mobilisation, &["events", "mobilisations", id]);
    }
}

fn one_recognition(checker: &mut Checker<'_>, parts: &Parts, entry: &Recognition, at: Segments<'_>) {
    simulated_state(checker, parts, &entry.of, &join(at, "of"));
    if let Some(against) = &entry.against {
        simulated_state(checker, parts, against, &join(at, "against"));
        if **against == *entry.of {
            let problem = checker.at(&join(at, "against"), format!("`{}` gains and is offended", &**against));
            checker.report(problem.allowed("two different states"));
        }
    }
    checker.refer(ACT, &entry.act, &join(at, "act"));
    checker.refer(ISSUE, &entry.issue, &join(at, "issue"));
    checker.refer(MESSAGE, &entry.message, &join(at, "message"));
    if let Some(event) = &entry.confirmed_by {
        checker.refer(OFFLINE, event, &join(at, "confirmed_by"));
    }
    checker.refer_keys(STATE, &entry.standing, &join(at, "standing"));
    for (name, platform) in &entry.platforms {
        let at = [at, &["platforms", name]].concat();
        simulated_state(checker, parts, &platform.home, &join(&at, "home"));
        let is_plain = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        if name.is_empty() || !name.chars().all(is_plain) {
            let problem = checker.at_key(&at, format!("`{name}` can't be the name of a platform"));
            checker.report(problem.allowed("letters, digits, hyphens and underscores"));
        }
    }
    if entry.by == Recognisers::Platforms && entry.platforms.is_empty() {
        let problem = checker.at(at, "only platforms may recognise, and none is named");
        checker.report(problem.hint("name them below `platforms`, or write `by = \"states\"`"));
    }
}

fn one_mobilisation(checker: &mut Checker<'_>, parts: &Parts, entry: &Mobilisation, at: Segments<'_>) {
    checker.refer(MESSAGE, &entry.message, &join(at, "message"));
    for correction in &entry.corrections {
        let place =
            Problem { place: correction.place(), ..checker.at(&join(at, "corrections"), String::new()) };
        if !checker.knows(MESSAGE, correction) {
            let ids = checker.ids(MESSAGE);
            checker.report(unknown(place, MESSAGE.0, correction, &ids));
        }
    }
    checker.refer_keys(OFFLINE, &entry.pushes, &join(at, "pushes"));
    let known = public_ids(checker, parts);
    for public in entry.publics.iter().filter(|public| !known.contains(public)) {
        let place = Problem { place: public.place(), ..checker.at(&join(at, "publics"), String::new()) };
        let names: Vec<&str> = known.iter().map(String::as_str).collect();
        checker.report(unknown(place, "public", public, &names));
    }
    if entry.publics.is_empty() {
        let problem = checker.at(&join(at, "publics"), "nobody can move: `publics` is empty");
        checker.report(problem.hint("name at least one simulated public"));
    }
}
