//! What the nodes of a graph are called in the file that it came from.

use std::fmt;

/// Names of nodes `0..n`.
///
/// Invariant: numbers are strictly ascending; texts are all different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Labels {
    /// Each of so many nodes is called by its own index.
    Index(u32),
    /// Account numbers.
    Numbers(Vec<u64>),
    /// Names, in the order in which the file gives them.
    Texts(Vec<String>),
}

impl Labels {
    /// Nodes called by ascending numbers.
    pub fn of_numbers(numbers: Vec<u64>) -> Self {
        match numbers.last() {
            Some(&last) if last >= numbers.len() as u64 => Self::Numbers(numbers),
            _ => Self::Index(numbers.len() as u32),
        }
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        match self {
            Self::Index(n) => *n as usize,
            Self::Numbers(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
        }
    }

    /// Whether there is no node.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What `node` is called.
    ///
    /// # Panics
    /// If there is no such node.
    pub fn label(&self, node: u32) -> Label<'_> {
        match self {
            Self::Index(_) => Label::Number(u64::from(node)),
            Self::Numbers(numbers) => Label::Number(numbers[node as usize]),
            Self::Texts(texts) => Label::Text(&texts[node as usize]),
        }
    }

    /// The node that is called `label`.
    pub fn find(&self, label: &str) -> Option<u32> {
        let number = || label.parse::<u64>().ok();
        match self {
            Self::Index(n) => number().and_then(|id| u32::try_from(id).ok()).filter(|node| node < n),
            Self::Numbers(numbers) => {
                number().and_then(|id| numbers.binary_search(&id).ok()).map(|idx| idx as u32)
            }
            Self::Texts(texts) => texts.iter().position(|text| text == label).map(|idx| idx as u32),
        }
    }
}

/// What one node is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Label<'a> {
    /// By a number.
    Number(u64),
    /// By a name.
    Text(&'a str),
}

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => f.write_str(text),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_is_found_by_what_it_is_called_and_by_nothing_else() {
        let all = [
            (Labels::Index(3), "2"),
            (Labels::Numbers(vec![5, 9, u64::MAX]), "18446744073709551615"),
            (Labels::Texts(["b", "a", "c d"].map(str::to_owned).to_vec()), "c d"),
        ];
        for (labels, last) in all {
            assert_eq!(labels.len(), 3);
            assert_eq!(labels.label(2).to_string(), last);
            assert_eq!(labels.find(last), Some(2));
            for other in ["7", "-1", "", "x"] {
                assert_eq!(labels.find(other), None, "{other}");
            }
        }
    }
}
