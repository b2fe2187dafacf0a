//! Reading a graph: an edge list, plain or gzip.
//!
//! What the bytes are is seen from the bytes, not from the name of the file. Nodes are the labels that occur, in ascending
//! order, so gaps between ids cost nothing.

mod collect;
mod edge_list;

use super::labels::Labels;
use crate::model::graph::Graph;
use crate::text::Failure;
use flate2::bufread::MultiGzDecoder;
use std::io::{self, BufRead, Read};

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
    /// It has more edges than fit in a graph.
    #[error("`{name}` has more than {MOST_EDGES} edges at line {line}, too many for a graph")]
    TooManyEdges {
        /// The file.
        name: String,
        /// Where the last edge that fits is.
        line: u64,
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
        edge_list::read(name, MultiGzDecoder::new(bytes), None)
    } else {
        edge_list::read(name, bytes, n_bytes)
    }
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

/// Reads until `buffer` is full or the bytes end.
fn fill(mut bytes: impl Read, mut buffer: &mut [u8]) -> io::Result<usize> {
    let wanted = buffer.len();
    while !buffer.is_empty() {
        match bytes.read(buffer) {
            Ok(0) => break,
            Ok(n) => buffer = &mut buffer[n..],
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(wanted - buffer.len())
}
