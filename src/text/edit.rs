//! Laying trees over one another and setting single values.

use super::path::element_index;
use super::{Entry, Kind, Path, Place, Problem, Value, list, nearest};

/// Key of the value in a table that carries its origin beside it.
const VALUE: &str = "value";
/// Key of what such a value rests on.
const BASIS: &str = "basis";
/// Basis of a value that was set.
const OVERRIDE: &str = "override";

/// Lays `over` over `base`: tables key by key, everything else is replaced.
///
/// A table that has the key `value` is one value with its origin, and is replaced as a whole: a new value must not keep
/// the old one's source.
pub fn merge(base: &mut Value, over: Value) {
    let is_atom = over.get(VALUE).is_some();
    match (&mut base.kind, over.kind) {
        (Kind::Table(entries), Kind::Table(over_entries)) if !is_atom => {
            for (key, entry) in over_entries {
                match entries.get_mut(&key) {
                    Some(old) => {
                        old.key = entry.key;
                        merge(&mut old.value, entry.value);
                    }
                    None => {
                        entries.insert(key, entry);
                    }
                }
            }
        }
        (_, kind) => *base = Value { place: over.place, kind },
    }
}

/// Sets the node at `path`, which stands at `place`, to `value`.
///
/// The last segment may be new (an optional key); all others must exist. Where the node is a table with the key `value`
/// and the new value is no table, its `value` is set and its `basis` becomes `override`.
///
/// # Errors
/// If there is nothing at the path.
pub fn set(tree: &mut Value, path: &Path, place: Place, value: Value) -> Result<(), Problem> {
    let Some((last, parents)) = path.segments().split_last() else {
        return Err(Problem::new(place, "", "the path is empty"));
    };
    let mut node = tree;
    for (depth, segment) in parents.iter().enumerate() {
        node = step(node, segment).map_err(|names| unknown(path, depth, place, &names))?;
    }
    let depth = parents.len();
    match &mut node.kind {
        Kind::Table(table) => match table.get_mut(last) {
            Some(entry) => assign(&mut entry.value, place, value),
            None => {
                table.insert(last.clone(), Entry { key: place, value });
            }
        },
        Kind::Array(items) => match element_index(items, last).and_then(|index| items.get_mut(index)) {
            Some(item) => assign(item, place, value),
            None => return Err(unknown(path, depth, place, &names(node))),
        },
        _ => return Err(unknown(path, depth, place, &[])),
    }
    Ok(())
}

fn assign(old: &mut Value, place: Place, value: Value) {
    let is_sourced = old.get(VALUE).is_some() && value.as_table().is_none();
    match (&mut old.kind, is_sourced) {
        (Kind::Table(table), true) => {
            table.insert(VALUE.to_owned(), Entry { key: place, value });
            if table.contains_key(BASIS) {
                let basis = Value { place, kind: Kind::String(OVERRIDE.to_owned()) };
                table.insert(BASIS.to_owned(), Entry { key: place, value: basis });
            }
        }
        _ => *old = value,
    }
}

/// The node below `node` that a path calls `segment`, or the names of those that exist.
fn step<'a>(node: &'a mut Value, segment: &str) -> Result<&'a mut Value, Vec<String>> {
    let known = names(node);
    let below = match &mut node.kind {
        Kind::Table(table) => table.get_mut(segment).map(|entry| &mut entry.value),
        Kind::Array(items) => element_index(items, segment).and_then(|index| items.get_mut(index)),
        _ => None,
    };
    below.ok_or(known)
}

/// Names of the nodes below `node`.
fn names(node: &Value) -> Vec<String> {
    match &node.kind {
        Kind::Table(table) => table.keys().cloned().collect(),
        Kind::Array(items) => {
            items.iter().enumerate().map(|(index, item)| item.element_name(index)).collect()
        }
        _ => Vec::new(),
    }
}

fn unknown(path: &Path, depth: usize, place: Place, names: &[String]) -> Problem {
    let segment = &path.segments()[depth];
    let parent: Path = path.segments()[..depth].iter().cloned().collect();
    let message = match depth {
        0 => format!("no `{segment}`"),
        _ => format!("no `{segment}` in `{parent}`"),
    };
    let names = || names.iter().map(String::as_str);
    Problem::new(place, path.to_string(), message)
        .allowed(list(names()))
        .did_you_mean(nearest(segment, names()))
}
