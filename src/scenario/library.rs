//! The scenarios of a library as a page for those who choose one: by tier, each with the question it asks of a class.

use super::Scenario;
use super::file::ScenarioFile;
use std::fmt::Write as _;

/// What a tier is, for people; tiers are shown in this order.
const TIERS: [(u64, &str, &str); 3] = [
    (1, "Measured", "The record has numbers to set beside the runs."),
    (2, "In words", "The record says what happened and what did not."),
    (3, "Structural", "Made-up settings that vary one thing; nothing is recorded."),
];

/// The page as Markdown: a section for each tier that has scenarios, and for each scenario its question, what not to conclude from it, and
/// what can be compared.
pub fn page<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>) -> String {
    let files: Vec<&ScenarioFile> = scenarios.into_iter().map(|scenario| &scenario.file).collect();
    let mut text = String::new();
    for (tier, title, meaning) in TIERS {
        let of_tier: Vec<_> = files.iter().filter(|file| file.scenario.tier == tier).collect();
        if of_tier.is_empty() {
            continue;
        }
        let _ = write!(text, "### {title} (tier {tier}): {}\n\n{meaning}\n", counted(of_tier.len()));
        for file in of_tier {
            entry(&mut text, file);
        }
        text.push('\n');
    }
    text
}

fn counted(n: usize) -> String {
    if n == 1 { "one scenario".to_owned() } else { format!("{n} scenarios") }
}

fn entry(text: &mut String, file: &ScenarioFile) {
    let header = &file.scenario;
    let _ = write!(text, "\n#### {}\n\n`{}` · {}", header.title, &*header.id, period(file));
    if !file.recorded.is_empty() {
        let _ = write!(text, " · {} recorded", file.recorded.len());
    }
    text.push('\n');
    if let Some(teaching) = &file.teaching {
        let _ = write!(text, "\n**{}**\n\n", one_line(&teaching.question));
        let _ = writeln!(text, "Not for: {}", one_line(&teaching.not_for));
    }
    if !file.interventions.is_empty() {
        text.push('\n');
    }
    for (id, arm) in &file.interventions {
        let _ = writeln!(text, "- `{id}`: {}", one_line(&arm.title));
    }
}

/// First day and length.
fn period(file: &ScenarioFile) -> String {
    let start = file.scenario.start.timestamp().strftime("%-d %B %Y");
    format!(
        "from {start}, {}",
        if file.scenario.horizon.as_days() == 1.0 {
            "1 day".to_owned()
        } else {
            format!("{} days", file.scenario.horizon.as_days())
        }
    )
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Request, bundled, load};

    fn load_bundled(id: &str) -> Scenario {
        load(&Request::new(bundled::scenario(id).unwrap())).unwrap()
    }

    #[test]
    fn scenarios_stand_below_their_tier_with_question_and_arms() {
        let (structural, measured) =
            (load_bundled("state-account-hijack"), load_bundled("canada-saudi-2018"));
        let text = page([&structural, &measured]);
        let at = |part: &str| text.find(part).unwrap_or_else(|| panic!("`{part}` is not in\n{text}"));
        assert!(
            at("### Measured (tier 1): one scenario") < at("`canada-saudi-2018` · from 22 May 2018, 90 days")
        );
        assert!(at("`canada-saudi-2018`") < at("### Structural (tier 3)"));
        assert!(at("### Structural (tier 3)") < at("`state-account-hijack`"));
        at(&format!("**{}**", measured.file.teaching.as_ref().unwrap().question));
        at("- `english-french-only`: The embassy posts in English and French only\n");
        assert!(!text.contains("tier 2"), "{text}");
    }

    #[test]
    fn every_tier_that_a_bundled_scenario_has_is_shown() {
        for bundled in bundled::scenarios() {
            let scenario = load_bundled(bundled.id);
            assert!(page([&scenario]).contains(&format!("`{}`", bundled.id)));
        }
    }
}
