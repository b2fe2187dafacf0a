//! What kind of file a text is: by the tables in it, so that a file with mistakes is still told of as what it was meant to be.

use super::schema;

/// What a file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A scenario.
    Scenario,
    /// The plan of a sweep.
    Plan,
    /// A world, or a part of one.
    World,
}

impl Kind {
    /// The kind of `text`: a plan has a table that only plans have; a part of the world has tables of the world and no others.
    pub fn of(text: &str) -> Self {
        let tables: Vec<&str> = text.lines().filter_map(table).collect();
        let has = |name: &str| tables.contains(&name);
        if has("sweep") || has("vary") {
            return Self::Plan;
        }
        // Every command asks this of its scenario; only what is none needs the schema.
        if has("scenario") || tables.is_empty() {
            return Self::Scenario;
        }
        let world = schema::world();
        let is_of_world = |table: &&str| world["properties"].get(*table).is_some();
        if tables.iter().all(is_of_world) { Self::World } else { Self::Scenario }
    }
}

/// The first key of the table that a line begins.
fn table(line: &str) -> Option<&str> {
    let name = line.trim_start().strip_prefix('[')?;
    let name = name.strip_prefix('[').unwrap_or(name).trim_start();
    let end = name.find(|letter: char| !(letter.is_alphanumeric() || letter == '_' || letter == '-'));
    Some(&name[..end.unwrap_or(name.len())]).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::Kind;
    use crate::scenario::{bundled, template};

    #[test]
    fn what_is_bundled_is_what_it_was_meant_to_be() {
        assert_eq!(Kind::of(template::TEXT), Kind::Scenario);
        for (kind, texts) in [
            (Kind::Scenario, bundled::scenarios().map(|one| one.text).collect::<Vec<_>>()),
            (Kind::Plan, bundled::plans().map(|one| one.text).collect()),
        ] {
            assert!(texts.len() > 10);
            assert!(texts.iter().all(|text| Kind::of(text) == kind));
        }
        assert!(bundled::world().iter().all(|part| Kind::of(&part.text) == Kind::World));
    }

    #[test]
    fn a_scenario_with_mistakes_is_still_one() {
        for text in [
            "",
            "format = 1\n",
            "[scenaro]\nid = \"x\"\n",
            "[states.CA]\nx = 1\n[[messages]]\n",
            "publics = [\n\"CA\"]\n",
        ] {
            assert_eq!(Kind::of(text), Kind::Scenario, "{text}");
        }
        assert_eq!(Kind::of("format = 1\n[states.CA]\nx = 1\n"), Kind::World);
        assert_eq!(Kind::of("[ sweep ] # a plan\nscenario = \"x\"\n"), Kind::Plan);
    }
}
