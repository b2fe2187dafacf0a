//! Writing a graph: edge list, GraphML or DOT, each plain or gzip.
//!
//! What is written is read again as the same graph, but that an edge list and DOT's edges leave out accounts without any edge.

use super::labels::{Label, Labels};
use crate::model::graph::Graph;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::fmt;
use std::io::{self, Write};

/// Names of files that say what is written.
pub const ENDINGS: &str =
    "`.txt`, `.tsv` or `.edges` (edge list), `.graphml` or `.dot`, with `.gz` behind it for a smaller file";

/// A format of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    EdgeList,
    GraphMl,
    Dot,
}

/// In which format a file is written, and whether it is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    format: Format,
    is_compressed: bool,
}

impl Target {
    /// What the name of a file asks for.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase();
        let (stem, is_compressed) =
            name.strip_suffix(".gz").map_or((name.as_str(), false), |stem| (stem, true));
        let (_, ending) = stem.rsplit_once('.')?;
        let format = match ending {
            "txt" | "tsv" | "edges" => Format::EdgeList,
            "graphml" => Format::GraphMl,
            "dot" | "gv" => Format::Dot,
            _ => return None,
        };
        Some(Self { format, is_compressed })
    }

    /// Writes the graph.
    pub fn write(self, graph: &Graph, labels: &Labels, mut out: impl Write) -> io::Result<()> {
        if self.is_compressed {
            let mut out = GzEncoder::new(out, Compression::default());
            self.format.write(graph, labels, &mut out)?;
            out.finish()?.flush()
        } else {
            self.format.write(graph, labels, &mut out)?;
            out.flush()
        }
    }
}

impl Format {
    fn write(self, graph: &Graph, labels: &Labels, out: &mut impl Write) -> io::Result<()> {
        match self {
            Self::EdgeList => edge_list(graph, labels, out),
            Self::GraphMl => graphml(graph, labels, out),
            Self::Dot => dot(graph, labels, out),
        }
    }
}

/// A line an edge, `u v` if v sees what u posts. Accounts with names are numbered in the order of their names in the file
/// they came from.
fn edge_list(graph: &Graph, labels: &Labels, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "# {} nodes, {} edges; a line `u v`: v sees what u posts",
        graph.n_nodes(),
        graph.n_edges()
    )?;
    let number = |node| match labels.label(node) {
        Label::Number(number) => number,
        Label::Text(_) => u64::from(node),
    };
    for node in 0..graph.n_nodes() {
        let from = number(node);
        for &follower in graph.followers(node) {
            writeln!(out, "{from}\t{}", number(follower))?;
        }
    }
    Ok(())
}

fn graphml(graph: &Graph, labels: &Labels, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<!-- the target of an edge sees what its source posts -->")?;
    writeln!(out, "<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">")?;
    writeln!(out, "<graph edgedefault=\"directed\">")?;
    for node in 0..graph.n_nodes() {
        writeln!(out, "<node id=\"{}\"/>", Xml(labels.label(node)))?;
    }
    for node in 0..graph.n_nodes() {
        let from = Xml(labels.label(node));
        for &follower in graph.followers(node) {
            writeln!(out, "<edge source=\"{from}\" target=\"{}\"/>", Xml(labels.label(follower)))?;
        }
    }
    writeln!(out, "</graph>\n</graphml>")
}

fn dot(graph: &Graph, labels: &Labels, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "// u -> v: v sees what u posts\ndigraph {{")?;
    for node in 0..graph.n_nodes() {
        writeln!(out, "  {};", Quoted(labels.label(node)))?;
    }
    for node in 0..graph.n_nodes() {
        let from = Quoted(labels.label(node));
        for &follower in graph.followers(node) {
            writeln!(out, "  {from} -> {};", Quoted(labels.label(follower)))?;
        }
    }
    writeln!(out, "}}")
}

/// A label inside an XML attribute.
#[derive(Debug, Clone, Copy)]
struct Xml<'a>(Label<'a>);

impl fmt::Display for Xml<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Label::Text(text) = self.0 else {
            return write!(f, "{}", self.0);
        };
        for letter in text.chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                // Written as they are, these would be read as blanks.
                '\t' | '\n' | '\r' => write!(f, "&#{};", u32::from(letter))?,
                _ => write!(f, "{letter}")?,
            }
        }
        Ok(())
    }
}

/// A label as DOT writes it: numbers as they are, names in quotes.
#[derive(Debug, Clone, Copy)]
struct Quoted<'a>(Label<'a>);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Label::Number(number) => write!(f, "{number}"),
            Label::Text(text) => write!(f, "\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphs::load::load;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    fn written(name: &str, graph: &Graph, labels: &Labels) -> Vec<u8> {
        let mut bytes = Vec::new();
        Target::of(name).unwrap().write(graph, labels, &mut bytes).unwrap();
        bytes
    }

    /// Edges by what their ends are called.
    fn named(graph: &Graph, labels: &Labels) -> BTreeSet<(String, String)> {
        let name = |node: u32| labels.label(node).to_string();
        (0..graph.n_nodes())
            .flat_map(|u| graph.followers(u).iter().map(move |&v| (name(u), name(v))))
            .collect()
    }

    fn labels(n: u32) -> impl Strategy<Value = Labels> {
        let numbers = prop::collection::btree_set(any::<u64>(), n as usize)
            .prop_map(|numbers| Labels::of_numbers(numbers.into_iter().collect()));
        let texts = prop::collection::btree_set("[a-z<>&\"' \n\\\\é]{1,6}x", n as usize)
            .prop_map(|texts| Labels::Texts(texts.into_iter().collect()));
        prop_oneof![Just(Labels::Index(n)), numbers, texts]
    }

    fn graph() -> impl Strategy<Value = Graph> {
        prop::collection::vec((0_u32..12, 0_u32..12), 1..60)
            .prop_map(|edges| Graph::from_edges(12, &edges))
            .prop_filter("a file names an edge", |graph| graph.n_edges() > 0)
    }

    proptest! {
        #[test]
        fn graphml_is_read_again_as_it_was(graph in graph(), labels in labels(12), packed in any::<bool>()) {
            let name = if packed { "x.graphml.gz" } else { "x.graphml" };
            let read = load("x", written(name, &graph, &labels).as_slice(), None).unwrap();
            prop_assert_eq!(read.graph, graph);
            prop_assert_eq!(read.labels, labels);
            prop_assert_eq!(read.n_duplicates + read.n_self_loops, 0);
        }

        #[test]
        fn an_edge_list_is_read_again_with_the_same_edges(
            graph in graph(), labels in labels(12), packed in any::<bool>(),
        ) {
            let name = if packed { "x.TXT.gz" } else { "x.edges" };
            let read = load("x", written(name, &graph, &labels).as_slice(), None).unwrap();
            let numbered = if let Labels::Texts(_) = labels { Labels::Index(12) } else { labels };
            prop_assert_eq!(named(&read.graph, &read.labels), named(&graph, &numbered));
        }
    }

    #[test]
    fn dot_names_every_node_and_edge() {
        let graph = Graph::from_edges(3, &[(0, 1), (1, 0)]);
        let labels = Labels::Texts(["a \"b\"", "c\\", "d"].map(str::to_owned).to_vec());
        let text = String::from_utf8(written("x.dot", &graph, &labels)).unwrap();
        let expected = "// u -> v: v sees what u posts\ndigraph {\n  \"a \\\"b\\\"\";\n  \"c\\\\\";\n  \"d\";\n  \
                        \"a \\\"b\\\"\" -> \"c\\\\\";\n  \"c\\\\\" -> \"a \\\"b\\\"\";\n}\n";
        assert_eq!(text, expected);
        let numbers = String::from_utf8(written("x.gv", &graph, &Labels::Numbers(vec![5, 70, 900]))).unwrap();
        assert!(numbers.contains("  5 -> 70;\n"), "{numbers}");
    }

    #[test]
    fn a_name_that_says_nothing_asks_for_no_format() {
        for name in ["x", "x.csv.zip", "graphml", "x.gz", ""] {
            assert_eq!(Target::of(name), None, "{name}");
        }
    }
}
