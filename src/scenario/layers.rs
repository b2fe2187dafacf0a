//! The trees of scenario and world, and what is laid over them.

use super::Request;
use super::file::ScenarioFile;
use super::format::{document, first_line};
use super::world_file::WorldFile;
use crate::text::{
    Kind, Path, Place, Problem, Problems, SourceId, Sources, Table, Value, inline, list, merge, nearest,
    parse_value, print, set,
};

/// The trees that a scenario is read from.
#[derive(Debug, Clone)]
pub(super) struct Layers {
    scenario: Value,
    world: Value,
    unknown: Problems,
}

impl Layers {
    /// Parses all texts of `request`, joins the parts of the world, and lays the scenario's world tables over it.
    pub(super) fn read(request: &Request, sources: &mut Sources) -> Result<Self, Problems> {
        let source = sources.add(request.scenario.name.as_str(), request.scenario.text.as_str());
        let mut problems = Problems::new();
        let scenario = document(sources, source).map_err(|found| problems.append(found));
        let mut world = Value::empty_table();
        for part in &request.world {
            let source = sources.add(part.name.as_str(), part.text.as_str());
            if world.place == Place::NOWHERE {
                world.place = Place::beginning(source);
            }
            match document(sources, source) {
                Ok(tree) => join(&mut world, tree, sources, &mut problems),
                Err(found) => problems.append(found),
            }
        }
        let mut layers =
            Self { scenario: scenario.unwrap_or(Value::empty_table()), world, unknown: Problems::new() };
        problems.into_result()?;
        let over = layers.take_world_tables();
        merge(&mut layers.world, over);
        Ok(layers)
    }

    /// Removes the tables that belong to the world from the scenario's tree, and keys that belong nowhere.
    fn take_world_tables(&mut self) -> Value {
        let mut over = Table::new();
        let entries = self.scenario.as_table_mut().map(std::mem::take).unwrap_or_default();
        let mut own = Table::new();
        for (key, entry) in entries {
            if ScenarioFile::KEYS.contains(&key.as_str()) {
                own.insert(key, entry);
            } else if WorldFile::KEYS.contains(&key.as_str()) {
                over.insert(key, entry);
            } else if nearest(&key, first_segments()).is_some_and(|meant| ScenarioFile::KEYS.contains(&meant))
            {
                // The reader refuses it, and does not ask for the section that was meant.
                own.insert(key, entry);
            } else {
                self.unknown.push(
                    Problem::new(entry.key, key.as_str(), format!("unknown key `{key}`"))
                        .allowed(list(first_segments()))
                        .did_you_mean(nearest(&key, first_segments())),
                );
            }
        }
        self.scenario.kind = Kind::Table(own);
        Value::unplaced(Kind::Table(over))
    }

    /// The scenario's own tree.
    pub(super) const fn scenario(&self) -> &Value {
        &self.scenario
    }

    /// The world's tree.
    pub(super) const fn world(&self) -> &Value {
        &self.world
    }

    /// What stands at a path; for a value with its origin beside it, the value alone.
    pub(super) fn value(&self, path: &str) -> Option<&Value> {
        let path = Path::parse(path).ok()?;
        let found = path.find(&self.scenario).or_else(|| path.find(&self.world))?;
        Some(found.get("value").unwrap_or(found))
    }

    /// Keys of the scenario that belong nowhere.
    pub(super) const fn unknown(&self) -> &Problems {
        &self.unknown
    }

    /// The scenario as a file.
    pub(super) fn scenario_text(&self) -> String {
        first_line() + "\n" + &print(&self.scenario)
    }

    /// The world as one file.
    pub(super) fn world_text(&self) -> String {
        first_line() + "\n" + &print(&self.world)
    }

    /// Ids of the interventions.
    pub(super) fn arms(&self) -> Vec<String> {
        let arms = self.scenario.get("interventions").and_then(Value::as_table);
        arms.map(|arms| arms.keys().cloned().collect()).unwrap_or_default()
    }

    /// Applies an intervention, which is named at `place`, and tells what it set.
    pub(super) fn apply_arm(&mut self, arm: &str, place: Place) -> Result<Vec<(String, String)>, Problems> {
        let arms = self.arms();
        let names = || arms.iter().map(String::as_str);
        if !arms.iter().any(|known| known == arm) {
            let problem = Problem::new(place, "", format!("no intervention `{arm}`"));
            return Err(problem.allowed(list(names())).did_you_mean(nearest(arm, names())).into());
        }
        let path: Path = ["interventions", arm, "set"].into_iter().collect();
        let table = path.find(&self.scenario).and_then(Value::as_table).cloned().unwrap_or_default();
        let mut applied = Vec::new();
        let mut problems = Problems::new();
        for (path, entry) in table {
            match self.set(&path, entry.key, entry.value) {
                Ok(change) => applied.push(change),
                Err(problem) => problems.push(problem),
            }
        }
        problems.into_result().map(|()| applied)
    }

    /// Applies an option `PATH=VALUE`, which is the text of `source`, and tells what it set.
    ///
    /// What can't be read as a TOML value is text: `"90 days"` and `90 days` are the same.
    pub(super) fn apply_option(
        &mut self,
        sources: &Sources,
        source: SourceId,
    ) -> Result<Vec<(String, String)>, Problems> {
        let text = sources.text(source);
        let whole = whole(sources, source);
        let form = "PATH=VALUE, such as `network.accounts=50000`";
        let Some((path, value)) = text.split_once('=') else {
            return Err(Problem::new(whole, "", format!("`{text}` has no `=`")).allowed(form).into());
        };
        let value = value.trim();
        if value.is_empty() {
            return Err(Problem::new(whole, "", format!("`{text}` has no value")).allowed(form).into());
        }
        let start = text.trim_end().len() - value.len();
        let place = Place { source, start: start as u32, end: (start + value.len()) as u32 };
        let value = parse_value(sources, place)
            .unwrap_or_else(|_| Value { place, kind: Kind::String(value.to_owned()) });
        let path_place = Place { end: path.trim_end().len() as u32, ..whole };
        self.set(path, path_place, value).map(|change| vec![change]).map_err(Problems::from)
    }

    /// Sets one path in whichever tree has it.
    pub(super) fn set(
        &mut self,
        text: &str,
        place: Place,
        value: Value,
    ) -> Result<(String, String), Problem> {
        let path = Path::parse(text).map_err(|fault| Problem::new(place, "", fault))?;
        let [first, _, ..] = path.segments() else {
            let example = "in an intervention, quote the whole path: `\"network.accounts\" = 50000`";
            return Err(
                Problem::new(place, text, format!("`{text}` is not the path of a parameter")).hint(example)
            );
        };
        let change = (path.to_string(), inline(&value));
        if ScenarioFile::KEYS.contains(&first.as_str()) {
            set(&mut self.scenario, &path, place, value)?;
        } else if WorldFile::KEYS.contains(&first.as_str()) {
            set(&mut self.world, &path, place, value)?;
        } else {
            return Err(Problem::new(place, text, format!("no `{first}` in scenario or world"))
                .allowed(list(first_segments()))
                .did_you_mean(nearest(first, first_segments())));
        }
        Ok(change)
    }
}

/// The place of all of a text.
pub(super) fn whole(sources: &Sources, source: SourceId) -> Place {
    Place { source, start: 0, end: sources.text(source).len() as u32 }
}

/// First segments of all paths.
fn first_segments() -> impl Iterator<Item = &'static str> {
    ScenarioFile::KEYS.iter().chain(WorldFile::KEYS).copied()
}

/// Adds a part to the world; nothing may be defined twice.
fn join(world: &mut Value, part: Value, sources: &Sources, problems: &mut Problems) {
    let (Some(joined), Kind::Table(entries)) = (world.as_table_mut(), part.kind) else { return };
    let mut twice = |path: String, key: Place, first: Place| {
        let problem = Problem::new(key, path.as_str(), format!("`{path}` is defined twice"));
        problems.push(problem.hint(format!("it is first defined at {}", sources.locate(first))));
    };
    for (key, entry) in entries {
        let Some(old) = joined.get_mut(&key) else {
            joined.insert(key, entry);
            continue;
        };
        let first = old.key;
        match (&mut old.value.kind, entry.value.kind) {
            (Kind::Table(old), Kind::Table(more)) => {
                for (inner, entry) in more {
                    match old.get(&inner) {
                        Some(old) => twice(format!("{key}.{inner}"), entry.key, old.key),
                        None => {
                            old.insert(inner, entry);
                        }
                    }
                }
            }
            _ => twice(key, entry.key, first),
        }
    }
}
