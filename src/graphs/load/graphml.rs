//! GraphML (Brandes, Eiglsperger, Herman, Himsolt & Marshall 2002): nodes, edges and which way these go.
//!
//! The target of an edge sees what its source posts. An undirected edge goes both ways. What nodes and edges carry with
//! them is not read; hyperedges are refused.

use super::{Format, LoadError, Loaded, MOST_EDGES, counted, reading_failed};
use crate::graphs::labels::Labels;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Error, Reader, XmlVersion};
use std::collections::BTreeMap;
use std::io::{self, BufRead, Read};

/// Reads GraphML.
pub(super) fn read(name: &str, bytes: impl BufRead) -> Result<Loaded, LoadError> {
    let mut reader = Reader::from_reader(Counted { inner: bytes, n_newlines: 0 });
    let mut found = Found::default();
    let mut buffer = Vec::new();
    // Elements that have begun and not ended.
    let mut n_open = 0_u64;
    loop {
        buffer.clear();
        let event = reader.read_event_into(&mut buffer);
        let line = reader.get_ref().n_newlines + 1;
        let wrong = |message: String| LoadError::Xml { name: name.to_owned(), line, message };
        match event {
            Ok(Event::Start(tag)) => {
                n_open += 1;
                found.tag(&tag, line).map_err(wrong)?;
            }
            Ok(Event::Empty(tag)) => found.tag(&tag, line).map_err(wrong)?,
            // The reader has checked that it closes the element that was opened last.
            Ok(Event::End(_)) => n_open -= 1,
            Ok(Event::Eof) if n_open > 0 => {
                return Err(wrong(format!(
                    "the file ends inside an element ({n_open} are still open)\n\nhint: copy or download the file again"
                )));
            }
            Ok(Event::Eof) => return found.finish(name, line),
            Ok(_) => {}
            Err(Error::Io(error)) => {
                let error = io::Error::new(error.kind(), error.to_string());
                return Err(reading_failed(name, line, error));
            }
            Err(error) => return Err(wrong(format!("{error}\n\nhint: the file is no well-formed XML"))),
        }
        if found.edges.len() as u64 > MOST_EDGES {
            return Err(LoadError::TooManyEdges { name: name.to_owned() });
        }
    }
}

/// Counts the lines that were read.
#[derive(Debug)]
struct Counted<R> {
    inner: R,
    n_newlines: u64,
}

impl<R: BufRead> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.fill_buf()?.read(out)?;
        self.consume(n);
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Counted<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }

    fn consume(&mut self, n: usize) {
        if let Ok(buffer) = self.inner.fill_buf() {
            self.n_newlines += buffer.iter().take(n).filter(|&&byte| byte == b'\n').count() as u64;
        }
        self.inner.consume(n);
    }
}

/// What was found so far.
#[derive(Debug, Default)]
struct Found {
    is_graphml: bool,
    is_undirected: bool,
    /// Places of nodes in the order in which they are named first, by node or edge.
    nodes: BTreeMap<String, u32>,
    /// Of each place, the line of an edge that names it before a node does.
    awaited: BTreeMap<u32, u64>,
    edges: Vec<(u32, u32)>,
}

impl Found {
    fn tag(&mut self, tag: &BytesStart<'_>, line: u64) -> Result<(), String> {
        let local = tag.local_name();
        let element: &str = local.as_ref();
        if !self.is_graphml {
            self.is_graphml = element == "graphml";
            return if self.is_graphml { Ok(()) } else { Err("the file is XML, but no GraphML".into()) };
        }
        match element {
            "graph" => self.is_undirected = attribute(tag, "edgedefault")?.as_deref() == Some("undirected"),
            "node" => {
                let place = self.place(required(tag, "node", "id")?);
                self.awaited.remove(&place);
            }
            "edge" => {
                let ends = [required(tag, "edge", "source")?, required(tag, "edge", "target")?];
                let [from, to] = ends.map(|end| {
                    let n_known = self.nodes.len();
                    let place = self.place(end);
                    if self.nodes.len() > n_known {
                        self.awaited.insert(place, line);
                    }
                    place
                });
                self.edges.push((from, to));
                let directed = attribute(tag, "directed")?;
                if directed.map_or(self.is_undirected, |directed| directed == "false") && from != to {
                    self.edges.push((to, from));
                }
            }
            "hyperedge" => return Err("a `hyperedge` is no edge between two nodes".into()),
            _ => {}
        }
        Ok(())
    }

    fn place(&mut self, id: String) -> u32 {
        let next = self.nodes.len() as u32;
        *self.nodes.entry(id).or_insert(next)
    }

    fn finish(self, name: &str, last_line: u64) -> Result<Loaded, LoadError> {
        let name = name.to_owned();
        if !self.is_graphml {
            return Err(LoadError::Xml { name, line: last_line, message: "the file has no element".into() });
        }
        let mut ids = vec![String::new(); self.nodes.len()];
        for (id, place) in self.nodes {
            ids[place as usize] = id;
        }
        if let Some((&place, &line)) = self.awaited.iter().min_by_key(|(_, line)| **line) {
            let message = format!("an edge names `{}`, which is no node of the file", ids[place as usize]);
            return Err(LoadError::Xml { name, line, message });
        }
        if self.edges.is_empty() {
            return Err(LoadError::Empty { name });
        }
        let mut edges = self.edges;
        let labels = if let Some(numbers) = numbers(&ids) {
            let mut order: Vec<u32> = (0..numbers.len() as u32).collect();
            order.sort_unstable_by_key(|&place| numbers[place as usize]);
            let mut rank = vec![0; order.len()];
            for (idx, &place) in order.iter().enumerate() {
                rank[place as usize] = idx as u32;
            }
            for (from, to) in &mut edges {
                (*from, *to) = (rank[*from as usize], rank[*to as usize]);
            }
            Labels::of_numbers(order.iter().map(|&place| numbers[place as usize]).collect())
        } else {
            Labels::Texts(ids)
        };
        Ok(counted(Format::GraphMl, &edges, labels))
    }
}

/// The ids as numbers, if each is one and written as numbers are.
fn numbers(ids: &[String]) -> Option<Vec<u64>> {
    ids.iter().map(|id| id.parse::<u64>().ok().filter(|number| number.to_string() == *id)).collect()
}

fn attribute(tag: &BytesStart<'_>, name: &str) -> Result<Option<String>, String> {
    for attribute in tag.attributes() {
        let attribute = attribute.map_err(|error| error.to_string())?;
        if attribute.key.as_ref() == name {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            return value.map(|value| Some(value.into_owned())).map_err(|error| error.to_string());
        }
    }
    Ok(None)
}

fn required(tag: &BytesStart<'_>, element: &str, name: &str) -> Result<String, String> {
    attribute(tag, name)?.ok_or_else(|| format!("`{element}` has no `{name}`"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphs::load::load;

    fn graphml(inside: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n\
             <graph edgedefault=\"directed\">\n{inside}\n</graph>\n</graphml>\n"
        )
    }

    fn refused(text: &str) -> String {
        load("x.graphml", text.as_bytes(), None).unwrap_err().to_string()
    }

    #[test]
    fn nodes_and_edges_may_come_in_any_order_and_carry_anything() {
        let text = graphml(
            "<edge source=\"30\" target=\"10\"/>\n<node id=\"30\"><data key=\"d\">x</data></node>\
             <node id=\"10\"/><node id=\"20\"/><edge id=\"e\" source=\"10\" target=\"20\" directed=\"false\"/>",
        );
        let loaded = load("x", text.as_bytes(), None).unwrap();
        assert_eq!(loaded.labels, Labels::Numbers(vec![10, 20, 30]));
        assert_eq!((loaded.format, loaded.graph.n_edges()), (Format::GraphMl, 3));
        assert_eq!(loaded.graph.followers(2), [0]);
        assert_eq!(loaded.graph.followers(1), [0]);
        let undirected = text.replace("=\"directed\"", "=\"undirected\"");
        assert_eq!(load("x", undirected.as_bytes(), None).unwrap().graph.n_edges(), 4);
    }

    #[test]
    fn nodes_that_have_names_keep_them_in_their_order() {
        let text = graphml("<node id=\"n&amp;1\"/><node id=\"a\"/><edge source=\"a\" target=\"n&amp;1\"/>");
        let loaded = load("x", text.as_bytes(), None).unwrap();
        assert_eq!(loaded.labels, Labels::Texts(vec!["n&1".to_owned(), "a".to_owned()]));
        assert_eq!(loaded.graph.followers(1), [0]);
    }

    #[test]
    fn what_is_no_graph_is_told_with_its_line() {
        let cases = [
            (graphml("<node id=\"1\"/>\n<edge source=\"1\" target=\"7\"/>"), "line 5: an edge names `7`"),
            (graphml("<node/>"), "line 4: `node` has no `id`"),
            (graphml("<edge source=\"1\"/>"), "line 4: `edge` has no `target`"),
            (graphml("<node id=\"1\"/>\n<hyperedge/>"), "line 5: a `hyperedge`"),
            (graphml("<node id=\"1\"></edge>"), "no well-formed XML"),
            (graphml("<node id=\"1&unknown;\"/>"), "line 4: "),
            (graphml("<node id=\"1\"/>"), "names no edge"),
            ("<html/>".to_owned(), "line 1: the file is XML, but no GraphML"),
            ("<".to_owned(), "line 1: "),
            ("<!-- nothing -->".to_owned(), "no element"),
        ];
        for (text, told) in cases {
            let message = refused(&text);
            assert!(message.contains(told), "`{told}` is not in\n{message}");
        }
        let whole = graphml("<node id=\"1\"/><node id=\"2\"/><edge source=\"1\" target=\"2\"/>");
        // Whatever is missing at the end, but for a line feed: no part of a graph is taken for the whole.
        for end in 1..whole.len() - 1 {
            assert!(load("x", &whole.as_bytes()[..end], None).is_err(), "{}", &whole[..end]);
        }
        assert!(refused(&whole[..whole.len() - 12]).contains("ends inside an element (1 are still open)"));
    }
}
