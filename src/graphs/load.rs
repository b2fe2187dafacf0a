//! Reading a graph: an edge list or GraphML, plain or gzip, or Parquet.
//!
//! What the bytes are is seen from the bytes, not from the name of the file. Nodes are the labels that occur, in ascending
//! order, so gaps between ids cost nothing.

mod collect;
mod edge_list;
mod graphml;
mod parquet;

use super::labels::Labels;
use crate::model::graph::Graph;
use crate::text::Failure;
use collect::{Collector, TooManyLabels};
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufRead, BufReader, Read};

pub use parquet::{MAGIC as PARQUET_MAGIC, load_parquet};

/// Edges that a graph can have.
pub const MOST_EDGES: u64 = u32::MAX as u64;

/// A graph that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The graph.
    pub graph: Graph,
    /// What its nodes are called in the file.
    pub labels: Labels,
    /// Form of the file.
    pub format: Format,
    /// Edges from a node to itself, which are left out.
    pub n_self_loops: u64,
    /// Edges that had been named before, which are left out.
    pub n_duplicates: u64,
    /// First line with more than two columns; those are not read.
    pub further_columns: Option<u64>,
}

/// Form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// A line an edge.
    EdgeList,
    /// XML of the Graph Drawing community.
    GraphMl,
    /// Columns.
    Parquet,
}

impl Format {
    /// Its name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::EdgeList => "edge list",
            Self::GraphMl => "GraphML",
            Self::Parquet => "Parquet",
        }
    }
}

/// Why a graph can't be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// Some lines mean nothing.
    #[error("`{name}` can't be used")]
    Lines {
        /// The file.
        name: String,
        /// The lines, with what is wrong in each.
        source: Failure,
    },
    /// There is no edge in it.
    #[error("`{name}` names no edge\n\nhint: a line `u v` means that v sees what u posts")]
    Empty {
        /// The file.
        name: String,
    },
    /// Something in a GraphML file means nothing.
    #[error("`{name}` can't be used: line {line}: {message}")]
    Xml {
        /// The file.
        name: String,
        /// Where.
        line: u64,
        /// What is wrong, and what to do.
        message: String,
    },
    /// Something in a Parquet file is no graph.
    #[error("`{name}` can't be used: {message}")]
    Columns {
        /// The file.
        name: String,
        /// What is wrong, with the row, and what to do.
        message: String,
    },
    /// It has more edges than fit in a graph.
    #[error("`{name}` has more than {MOST_EDGES} edges, too many for a graph")]
    TooManyEdges {
        /// The file.
        name: String,
    },
    /// It has more nodes than fit in a graph.
    #[error("`{name}` has {n_nodes} nodes, more than a graph can have ({})", u32::MAX)]
    TooManyNodes {
        /// The file.
        name: String,
        /// How many.
        n_nodes: u64,
    },
    /// The compressed stream ends in the middle.
    #[error(
        "`{name}` ends in the middle of its gzip stream, in line {line}\n\nhint: copy or download the file again"
    )]
    Truncated {
        /// The file.
        name: String,
        /// Line in which the text breaks off.
        line: u64,
    },
    /// The compressed stream is damaged.
    #[error("`{name}` has a damaged gzip stream, in line {line}\n\nhint: copy or download the file again")]
    Damaged {
        /// The file.
        name: String,
        /// Line in which the text breaks off.
        line: u64,
        /// What the decompressor said.
        source: io::Error,
    },
    /// It is compressed in another way.
    #[error("`{name}` is compressed by {by}, which is not read\n\nhint: unpack it, or pack it with `gzip`")]
    Compressed {
        /// The file.
        name: String,
        /// The program that makes such files.
        by: &'static str,
    },
    /// The system refused.
    #[error("`{name}` can't be read")]
    Refused {
        /// The file.
        name: String,
        /// What the system said.
        source: io::Error,
    },
}

/// How other programs than gzip begin what they compress.
const COMPRESSORS: [(&str, &[u8]); 4] = [
    ("bzip2", b"BZh"),
    ("zstd", &[0x28, 0xb5, 0x2f, 0xfd]),
    ("xz", &[0xfd, b'7', b'z', b'X', b'Z', 0]),
    ("zip", b"PK\x03\x04"),
];

/// Reads the graph in `bytes`; `name` is shown to people, and `n_bytes`, if known, saves memory.
pub fn load(name: &str, mut bytes: impl BufRead, n_bytes: Option<u64>) -> Result<Loaded, LoadError> {
    let refused = |source| LoadError::Refused { name: name.to_owned(), source };
    let start = bytes.fill_buf().map_err(refused)?;
    if let Some((by, _)) = COMPRESSORS.iter().find(|(_, magic)| start.starts_with(magic)) {
        return Err(LoadError::Compressed { name: name.to_owned(), by });
    }
    if start.starts_with(&[0x1f, 0x8b]) {
        let mut unpacked = BufReader::with_capacity(UNPACKED, MultiGzDecoder::new(bytes));
        let start = unpacked.fill_buf().map_err(|source| reading_failed(name, 1, source))?;
        let is_xml = is_xml(start);
        if is_xml { graphml::read(name, unpacked) } else { edge_list::read(name, unpacked, None) }
    } else if is_xml(start) {
        graphml::read(name, bytes)
    } else {
        edge_list::read(name, bytes, n_bytes)
    }
}

/// Bytes that are unpacked at once.
const UNPACKED: usize = 1 << 16;

/// Whether the first sign is that of a tag.
fn is_xml(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start);
    start.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'<')
}

/// The graph of what was collected, loops and repetitions counted.
fn graph_of(name: &str, format: Format, collected: Collector) -> Result<Loaded, LoadError> {
    let name = name.to_owned();
    let n_named = collected.len() as u64;
    if n_named == 0 {
        return Err(LoadError::Empty { name });
    }
    if n_named > MOST_EDGES {
        return Err(LoadError::TooManyEdges { name });
    }
    let (edges, labels) =
        collected.finish().map_err(|TooManyLabels(n_nodes)| LoadError::TooManyNodes { name, n_nodes })?;
    Ok(counted(format, &edges, labels))
}

fn counted(format: Format, edges: &[(u32, u32)], labels: Labels) -> Loaded {
    let n_self_loops = edges.iter().filter(|(from, to)| from == to).count() as u64;
    let graph = Graph::from_edges(labels.len() as u32, edges);
    let n_duplicates = edges.len() as u64 - n_self_loops - graph.n_edges() as u64;
    Loaded { graph, labels, format, n_self_loops, n_duplicates, further_columns: None }
}

/// What it means that reading failed in line `line`: the decompressor speaks in the errors of the system.
fn reading_failed(name: &str, line: u64, source: io::Error) -> LoadError {
    let name = name.to_owned();
    match source.kind() {
        io::ErrorKind::UnexpectedEof => LoadError::Truncated { name, line },
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => LoadError::Damaged { name, line, source },
        _ => LoadError::Refused { name, source },
    }
}

/// Reads until `buffer` is full, the bytes end or reading fails; says how many bytes it has in any case.
fn fill(mut bytes: impl Read, buffer: &mut [u8]) -> (usize, io::Result<()>) {
    let mut n_read = 0;
    while n_read < buffer.len() {
        match bytes.read(&mut buffer[n_read..]) {
            Ok(0) => break,
            Ok(n) => n_read += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (n_read, Err(error)),
        }
    }
    (n_read, Ok(()))
}
