//! Recognitions, mobilisations, institutions and triggers of opinion: what is accepted, and what is said of mistakes.

use super::{QUARREL, load, request, small_world};

const RECOGNITION: &str = r#"
[events.recognitions.name]
of = "SA"
act = "111"
issue = "rights"
message = "first"
source = "made"
"#;

const MOBILISATION: &str = r#"
[events.mobilisations.march]
message = "first"
publics = ["CA-citizen"]
background = "2 /day"
pushes = { speech = 2.0 }
corrections = ["third"]
source = "made"
"#;

/// What is said of the small scenario with `more` at its end; nothing if it is accepted.
fn said(more: &str) -> String {
    let scenario = format!("{QUARREL}\n{more}");
    load(&request(&scenario, &small_world())).map_or_else(|failure| failure.to_string(), |_| String::new())
}

/// Asserts that `text` with `old` replaced by `new` is refused with `words`.
fn refused(text: &str, old: &str, new: &str, words: &str) {
    assert!(text.contains(old), "{old}");
    let said = said(&text.replacen(old, new, 1));
    assert!(said.contains(words), "{new}: {said}");
}

#[test]
fn recognitions_and_mobilisations_are_accepted_as_they_should_be_written() {
    assert_eq!(said(&format!("{RECOGNITION}{MOBILISATION}")), "");
    let platforms = r#"by = "platforms"
platforms = { map = { standing = 0.5, home = "CA", source = "made" } }
source = "made""#;
    assert_eq!(said(&RECOGNITION.replace(r#"source = "made""#, platforms)), "");
}

#[test]
fn mistakes_in_recognitions_are_named() {
    let refused = |old: &str, new: &str, words: &str| refused(RECOGNITION, old, new, words);
    refused(r#"of = "SA""#, r#"of = "SB""#, "unknown state `SB`");
    refused(r#"of = "SA""#, "of = \"SA\"\nagainst = \"SA\"", "`SA` gains and is offended");
    refused(r#"act = "111""#, r#"act = "999""#, "unknown act code `999`");
    refused(r#"message = "first""#, r#"message = "frist""#, "did you mean `first`?");
    refused(r#"issue = "rights""#, "issue = \"rights\"\nconfirmed_by = \"speach\"", "did you mean `speech`?");
    refused(r#"issue = "rights""#, "issue = \"rights\"\nby = \"platforms\"", "none is named");
    refused(r#"issue = "rights""#, "issue = \"rights\"\nstanding = { XX = 0.5 }", "unknown state `XX`");
}

#[test]
fn mistakes_in_mobilisations_are_named() {
    let refused = |old: &str, new: &str, words: &str| refused(MOBILISATION, old, new, words);
    refused(r#"["CA-citizen"]"#, r#"["CA-citizens"]"#, "did you mean `CA-citizen`?");
    refused(r#"["CA-citizen"]"#, "[]", "nobody can move");
    refused("speech = 2.0", "sermon = 2.0", "unknown event outside the platform `sermon`");
    refused(r#"["third"]"#, r#"["thrid"]"#, "did you mean `third`?");
}

#[test]
fn messages_can_wait_for_a_turn_of_opinion_and_nothing_else_beside_it() {
    let with = |after: &str| {
        let old = r#"after = { message = "first", delay = "2 h", probability = 0.8 }"#;
        assert!(QUARREL.contains(old));
        let scenario = QUARREL.replacen(old, &format!("after = {after}"), 1);
        load(&request(&scenario, &small_world()))
            .map_or_else(|failure| failure.to_string(), |_| String::new())
    };
    assert_eq!(with(r#"{ event = "speech" }"#), "");
    assert_eq!(with(r#"{ message = "first", misread = 0.3 }"#), "");
    assert!(with(r#"{ event = "speach" }"#).contains("did you mean `speech`?"));
    assert!(with(r#"{ event = "speech", message = "first" }"#).contains("names an event and something else"));
    assert!(with(r#"{ message = "first", misread = 0.3, country = "XX" }"#).contains("unknown country `XX`"));
    assert!(
        with(r#"{ event = "speech", misread = 0.3 }"#).contains("`misread` says nothing without a `message`")
    );
}

#[test]
fn institutions_have_levels_staff_and_parents_that_make_sense() {
    for (fact, words) in [
        ("levels = 0", "`levels` can't be `0`"),
        ("staff = 0", "a state without staff would never hear"),
        (r#"parent = "SA""#, "`SA` is not a part of itself"),
        (r#"parent = "XX""#, "unknown state `XX`"),
    ] {
        let said = said(&format!("[states.SA]\n{fact}\n"));
        assert!(said.contains(words), "{fact}: {said}");
    }
}
