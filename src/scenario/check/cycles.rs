//! Messages that wait for one another.

use super::parts::Parts;
use super::{Checker, join};
use petgraph::algo::kosaraju_scc;
use petgraph::graph::{DiGraph, NodeIndex};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Refuses messages that come after themselves, and act codes that are heard as themselves, in however many steps.
pub(super) fn check(checker: &mut Checker<'_>, parts: &Parts) {
    let mut waits: BTreeMap<&str, Vec<(&str, &'static str)>> = BTreeMap::new();
    for (id, message) in &parts.messages {
        let after = message.after.as_ref().and_then(|trigger| trigger.message.as_ref());
        let continued = message.continues.as_ref();
        let keys = [(after, "after"), (continued, "continues"), (message.denies.as_ref(), "denies")];
        let edges = keys.into_iter().filter_map(|(other, key)| Some((other?.as_str(), key)));
        waits.entry(id).or_default().extend(edges);
    }
    for (cycle, key) in cycles(&waits) {
        let message = format!("messages wait for one another: {}", spelt(&cycle));
        let hint = "a message comes `after`, `continues` or `denies` an earlier one";
        checker.report(checker.at(&join(&["events", "messages", cycle[0]], key), message).hint(hint));
    }
    let heard =
        parts.codes.iter().filter_map(|(id, code)| Some((id.as_str(), code.heard_as.as_ref()?.as_str())));
    let heard = heard.map(|(id, other)| (id, vec![(other, "heard_as")])).collect();
    for (cycle, key) in cycles(&heard) {
        let message = format!("act codes are heard as one another: {}", spelt(&cycle));
        checker.report(checker.at(&["acts", cycle[0], key], message));
    }
}

/// `` `a` → `b` → `a` ``
fn spelt(cycle: &[&str]) -> String {
    let round = cycle.iter().chain(cycle.first());
    round.map(|id| format!("`{id}`")).collect::<Vec<_>>().join(" → ")
}

/// A shortest cycle of every knot of things that refer to one another, with the key of its first reference.
fn cycles<'a>(
    references: &BTreeMap<&'a str, Vec<(&'a str, &'static str)>>,
) -> Vec<(Vec<&'a str>, &'static str)> {
    let mut graph = DiGraph::<&str, &'static str>::new();
    let nodes: BTreeMap<&str, NodeIndex> = references.keys().map(|id| (*id, graph.add_node(*id))).collect();
    for (id, others) in references {
        for (other, key) in others {
            if let Some(to) = nodes.get(other) {
                graph.add_edge(nodes[id], *to, *key);
            }
        }
    }
    let mut found: Vec<_> = kosaraju_scc(&graph)
        .into_iter()
        .filter_map(|knot| {
            let first = knot.iter().copied().min_by_key(|node| graph[*node])?;
            let cycle = shortest_cycle(&graph, first)?;
            let key = *graph.edge_weight(graph.find_edge(cycle[0], *cycle.get(1).unwrap_or(&first))?)?;
            Some((cycle.into_iter().map(|node| graph[node]).collect::<Vec<_>>(), key))
        })
        .collect();
    found.sort();
    found
}

/// The nodes of a shortest way from `first` back to it.
fn shortest_cycle(graph: &DiGraph<&str, &'static str>, first: NodeIndex) -> Option<Vec<NodeIndex>> {
    let mut came_from = BTreeMap::new();
    let mut seen = BTreeSet::new();
    let mut queue = VecDeque::from([first]);
    while let Some(node) = queue.pop_front() {
        for next in graph.neighbors(node) {
            if next == first {
                let mut cycle = vec![node];
                while let Some(previous) = came_from.get(&cycle[cycle.len() - 1]) {
                    cycle.push(*previous);
                }
                cycle.reverse();
                return Some(cycle);
            }
            if seen.insert(next) {
                came_from.insert(next, node);
                queue.push_back(next);
            }
        }
    }
    None
}
