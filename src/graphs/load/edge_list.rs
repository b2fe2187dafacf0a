//! Edge lists: a line an edge, two account ids between blanks, tabs, commas or semicolons.
//!
//! A line `u v` means that v sees what u posts. Empty lines and those that begin with `#` or `%` are skipped, and so is a
//! first line of column names. Columns after the second are not read. Lines may end as on Windows, and the last one not
//! at all.

use super::collect::Collector;
use super::{Format, LoadError, Loaded, MOST_EDGES, fill, graph_of, reading_failed};
use crate::text::{Failure, Place, Problem, Problems, Sources};
use std::io::Read;

/// Bytes read at once, and of the longest line.
const CHUNK: usize = 1 << 20;
/// Wrong lines after which reading stops.
const MOST_FAULTS: usize = 5;
/// Characters shown of a word that is no id.
const SHOWN: usize = 40;
/// Bytes shown of a line before the place that is meant.
const CONTEXT: usize = 80;

/// Reads an edge list; `n_bytes` is its size if known.
pub(super) fn read(name: &str, mut bytes: impl Read, n_bytes: Option<u64>) -> Result<Loaded, LoadError> {
    let mut lines = Lines::default();
    let mut buffer = vec![0; CHUNK];
    // Bytes at the start of the buffer that belong to an unfinished line.
    let mut n_kept = 0;
    let mut is_first = true;
    loop {
        let (n_read, ended) = fill(&mut bytes, &mut buffer[n_kept..]);
        let mut n_filled = n_kept + n_read;
        ended.map_err(|source| {
            // The lines before the one that breaks off have come, though nobody looks at them any more.
            let n_whole = buffer[..n_filled].iter().map(|&byte| u64::from(byte == b'\n')).sum::<u64>();
            reading_failed(name, lines.n_done + n_whole + 1, source)
        })?;
        let is_last = n_filled < buffer.len();
        if is_first && buffer[..n_filled].starts_with(b"\xef\xbb\xbf") {
            buffer.copy_within(3..n_filled, 0);
            n_filled -= 3;
        }
        let n_whole = if is_last {
            n_filled
        } else {
            buffer[..n_filled].iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1)
        };
        if n_whole == 0 && !is_last {
            lines.too_long(&buffer);
            break;
        }
        lines.read(&buffer[..n_whole]);
        if is_last || lines.faults.len() >= MOST_FAULTS {
            break;
        }
        if lines.edges.len() as u64 > MOST_EDGES {
            return Err(LoadError::TooManyEdges { name: name.to_owned() });
        }
        if let Some(n_bytes) = n_bytes.filter(|_| is_first) {
            // Lines grow longer with the ids, so this is a little too much; what is not used costs no memory.
            let n_expected = lines.edges.len() as u64 * n_bytes / n_whole as u64;
            lines.edges.expect(n_expected.min(MOST_EDGES) as usize);
        }
        buffer.copy_within(n_whole..n_filled, 0);
        n_kept = n_filled - n_whole;
        is_first = false;
    }
    lines.finish(name)
}

/// What was read so far.
#[derive(Debug, Default)]
struct Lines {
    edges: Collector,
    n_done: u64,
    has_header: bool,
    further_columns: Option<u64>,
    faults: Vec<Fault>,
}

/// A line that means nothing.
#[derive(Debug)]
struct Fault {
    line: u64,
    /// The line as far as it is shown, and the place in it.
    excerpt: String,
    start: usize,
    end: usize,
    problem: Problem,
}

impl Lines {
    /// Reads whole lines.
    fn read(&mut self, mut rest: &[u8]) {
        while !rest.is_empty() && self.faults.len() < MOST_FAULTS {
            if let Some((from, to, n_bytes)) = plain_edge(rest) {
                self.edges.push(from, to);
                rest = &rest[n_bytes..];
            } else {
                let end = rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len());
                self.line(&rest[..end]);
                rest = &rest[(end + 1).min(rest.len())..];
            }
            self.n_done += 1;
        }
    }

    /// Reads a line that is not simply two numbers.
    fn line(&mut self, line: &[u8]) {
        let n_meant = line.trim_ascii_end().len();
        if let Some(at) = line[..n_meant].iter().position(|&byte| byte == b'\r') {
            let problem =
                Problem::new(Place::NOWHERE, "", "a carriage return stands in the middle of a line")
                    .allowed("lines that end with a line feed, or with both as on Windows")
                    .hint("convert the file, such as by `tr '\\r' '\\n'`");
            return self.fault(line, Word { start: at, end: at + 1 }, problem);
        }
        let columns = columns(line);
        let Some(first) = columns.first else {
            return;
        };
        let second = columns.second.unwrap_or(Word { start: first.end, end: first.end });
        let is_names = |word: Word| word.bytes(line).first().is_some_and(|&byte| begins_name(byte));
        if self.edges.len() == 0 && !self.has_header && is_names(first) && is_names(second) {
            self.has_header = true;
            return;
        }
        let missing = || {
            let problem = Problem::new(Place::NOWHERE, "", "a line with one column is no edge");
            problem.allowed("two account ids").hint("a line `u v` means that v sees what u posts")
        };
        match (id(first.bytes(line)), id(second.bytes(line))) {
            (Err(problem), _) => self.fault(line, first, *problem),
            _ if columns.second.is_none() => self.fault(line, first, missing()),
            (_, Err(problem)) => self.fault(line, second, *problem),
            (Ok(from), Ok(to)) => {
                self.edges.push(from, to);
                if columns.has_more {
                    self.further_columns.get_or_insert(self.n_done + 1);
                }
            }
        }
    }

    fn fault(&mut self, line: &[u8], place: Word, problem: Problem) {
        // Counted in characters of what is shown: bytes that are no text become replacement characters.
        let begin = place.start.saturating_sub(CONTEXT);
        let mut excerpt = String::from_utf8_lossy(&line[begin..place.start]).into_owned();
        let start = excerpt.len();
        excerpt.push_str(&String::from_utf8_lossy(place.bytes(line)));
        let end = excerpt.len();
        let after = &line[place.end..line.len().min(place.end + CONTEXT)];
        excerpt.push_str(String::from_utf8_lossy(after).trim_end_matches('\r'));
        self.faults.push(Fault { line: self.n_done + 1, excerpt, start, end, problem });
    }

    fn too_long(&mut self, line: &[u8]) {
        let problem =
            Problem::new(Place::NOWHERE, "", format!("the line has more than {} bytes", line.len()))
                .hint("write a line an edge");
        self.fault(line, Word { start: 0, end: 1 }, problem);
    }

    fn finish(self, name: &str) -> Result<Loaded, LoadError> {
        if !self.faults.is_empty() {
            return Err(LoadError::Lines { name: name.to_owned(), source: failure(name, self.faults) });
        }
        let loaded = graph_of(name, Format::EdgeList, self.edges)?;
        Ok(Loaded { further_columns: self.further_columns, ..loaded })
    }
}

fn failure(name: &str, faults: Vec<Fault>) -> Failure {
    let mut sources = Sources::new();
    let mut problems = Problems::new();
    let n_faults = faults.len();
    for (idx, mut fault) in faults.into_iter().enumerate() {
        let source = sources.add_excerpt(name, fault.excerpt, fault.line as usize);
        fault.problem.place = Place::new(source, fault.start, fault.end);
        if idx + 1 == MOST_FAULTS && n_faults == MOST_FAULTS {
            fault.problem = fault.problem.hint("reading stopped here; more lines may be wrong");
        }
        problems.push(fault.problem);
    }
    Failure::new(sources, problems)
}

/// Two ids of at most 19 digits with one separator between and nothing else, and the bytes of their line: nearly all lines
/// are such.
#[inline]
fn plain_edge(bytes: &[u8]) -> Option<(u64, u64, usize)> {
    let (from, at) = digits(bytes, 0)?;
    let at = if matches!(bytes.get(at)?, b' ' | b'\t' | b',') { at + 1 } else { return None };
    let (to, at) = digits(bytes, at)?;
    let at = if *bytes.get(at)? == b'\r' { at + 1 } else { at };
    (*bytes.get(at)? == b'\n').then_some((from, to, at + 1))
}

#[inline]
fn digits(bytes: &[u8], begin: usize) -> Option<(u64, usize)> {
    let mut number = 0_u64;
    let mut at = begin;
    while let Some(digit) = bytes.get(at).map(|byte| byte.wrapping_sub(b'0')).filter(|&digit| digit < 10) {
        number = number.wrapping_mul(10).wrapping_add(u64::from(digit));
        at += 1;
    }
    (1..20).contains(&(at - begin)).then_some((number, at))
}

/// A word of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Word {
    start: usize,
    end: usize,
}

impl Word {
    fn bytes(self, line: &[u8]) -> &[u8] {
        &line[self.start..self.end]
    }
}

/// The columns of a line that matter.
#[derive(Debug, PartialEq, Eq)]
struct Columns {
    first: Option<Word>,
    second: Option<Word>,
    has_more: bool,
}

/// Divides a line. Blanks around a comma belong to it, so that two commas have an empty column between them.
fn columns(line: &[u8]) -> Columns {
    let end = line.len() - line.iter().rev().take_while(|&&byte| is_blank(byte)).count();
    let skip = |at: usize| at + line[at..end].iter().take_while(|&&byte| is_blank(byte)).count();
    let word = |at: usize| {
        let length = line[at..end].iter().take_while(|&&byte| !is_blank(byte) && !is_comma(byte)).count();
        Word { start: at, end: at + length }
    };
    let after = |word: Word| {
        let at = skip(word.end);
        if at < end && is_comma(line[at]) { Some(skip(at + 1)) } else { (at > word.end).then_some(at) }
    };
    let start = skip(0);
    if start == end || matches!(line[start], b'#' | b'%') {
        return Columns { first: None, second: None, has_more: false };
    }
    let first = word(start);
    let second = after(first).map(word);
    let has_more = second.is_some_and(|second| second.end < end);
    Columns { first: Some(first), second, has_more }
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

fn is_comma(byte: u8) -> bool {
    matches!(byte, b',' | b';')
}

/// Whether a name of a column, rather than a number, may begin so.
fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || matches!(byte, b'_' | b'"' | b'\'') || !byte.is_ascii()
}

/// The account id that a word writes.
fn id(word: &[u8]) -> Result<u64, Box<Problem>> {
    let text = std::str::from_utf8(word);
    if let Some(id) = text.ok().filter(|text| !text.starts_with('+')).and_then(|text| text.parse().ok()) {
        return Ok(id);
    }
    let shown: String = String::from_utf8_lossy(word).chars().take(SHOWN).collect();
    let message =
        if word.is_empty() { "a column is empty".into() } else { format!("`{shown}` is no account id") };
    let problem =
        Problem::new(Place::NOWHERE, "", message).allowed(format!("a whole number from 0 to {}", u64::MAX));
    let hint = match word.first() {
        _ if text.is_err() => Some("the file is no UTF-8 text"),
        Some(&byte) if begins_name(byte) => Some("give each account a number"),
        _ => None,
    };
    Err(Box::new(match hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphs::labels::Labels;
    use crate::graphs::load::load;
    use crate::model::graph::Graph;
    use flate2::Compression;
    use flate2::write::GzEncoder;
    use proptest::prelude::*;
    use std::fmt::Write as _;
    use std::io::Write as _;

    fn loaded(text: impl AsRef<[u8]>) -> Loaded {
        load("x.txt", text.as_ref(), Some(text.as_ref().len() as u64)).unwrap()
    }

    /// What is said of bytes that can't be used.
    fn refused(bytes: impl AsRef<[u8]>) -> String {
        match load("x.txt", bytes.as_ref(), None).unwrap_err() {
            LoadError::Lines { source, .. } => source.to_string(),
            other => other.to_string(),
        }
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn edges(graph: &Graph) -> Vec<(u32, u32)> {
        (0..graph.n_nodes()).flat_map(|u| graph.followers(u).iter().map(move |&v| (u, v))).collect()
    }

    #[test]
    fn one_graph_may_be_written_in_many_ways() {
        let plain = loaded("10 20\n20 30\n10 30\n");
        assert_eq!(edges(&plain.graph), [(0, 1), (0, 2), (1, 2)]);
        assert_eq!(plain.labels, Labels::Numbers(vec![10, 20, 30]));
        for text in [
            "10 20\n20 30\n10 30",
            "10\t20\r\n20\t30\r\n10\t30\r\n",
            "10 20\r\r\n20 30\r\n10 30\r",
            "10,20\n20;30\n10 , 30\n",
            "  10   20  \n\n\t20 30\n   \n10  30 \n",
            "# a comment\n% another\n   # 5 6\n10 20\n20 30\n10 30\n#",
            "\u{feff}10 20\n20 30\n10 30\n",
            "source,target\n10,20\n20,30\n10,30\n",
            "\"from\" \"to\"\n10 20\n20 30\n10 30\n",
            "0010 00000000000000000000020\n20 30\n10 30\n",
        ] {
            assert_eq!(loaded(text), plain, "{text:?}");
            assert_eq!(loaded(gzip(text.as_bytes())), plain, "{text:?} in gzip");
        }
        let weighted = loaded("10 20 0.5\n20 30 1 99\n10,30,\n");
        assert_eq!(weighted, Loaded { further_columns: Some(1), ..plain.clone() });
        let two_members = [gzip(b"10 20\n20 "), gzip(b"30\n10 30\n")].concat();
        assert_eq!(loaded(two_members), plain);
    }

    #[test]
    fn loops_and_repeated_edges_are_counted_and_left_out() {
        let found = loaded("1 2\n2 2\n1 2\n2 1\n1 2\n7 7\n");
        assert_eq!((found.n_self_loops, found.n_duplicates), (2, 2));
        assert_eq!(found.labels, Labels::Numbers(vec![1, 2, 7]));
        assert_eq!(edges(&found.graph), [(0, 1), (1, 0)]);
    }

    #[test]
    fn ids_may_have_64_bits_and_gaps() {
        let found = loaded("18446744073709551615 0\n9223372036854775808 18446744073709551615\n");
        assert_eq!(found.labels, Labels::Numbers(vec![0, 1 << 63, u64::MAX]));
        assert_eq!(edges(&found.graph), [(1, 2), (2, 0)]);
    }

    #[test]
    fn what_is_no_edge_is_told_with_its_line_and_place() {
        let id = "allowed: a whole number from 0 to 18446744073709551615";
        let cases: [(&[u8], &[&str]); 17] = [
            (b"1 2\r3 4\r", &["a carriage return", "x.txt:1:4\n", "tr '\\r' '\\n'"]),
            (b"1 2\n# c\r5 6\r\n", &["a carriage return", "x.txt:2:4\n"]),
            (b"a\rb\n", &["a carriage return", "x.txt:1:2\n"]),
            (b"1 2\n3 -4\n", &["error: `-4` is no account id", "x.txt:2:3\n", "2 | 3 -4", id]),
            (b"1 18446744073709551616\n", &["`18446744073709551616` is no account id", "x.txt:1:3\n", id]),
            (b"1 1.5\n", &["`1.5` is no account id"]),
            (b"1 1e5\n", &["`1e5` is no account id"]),
            (b"+1 2\n", &["`+1` is no account id"]),
            (
                b"1 2\n\n# c\n5\n",
                &["a line with one column is no edge", "x.txt:4:1\n", "v sees what u posts"],
            ),
            (b"1,,2\n", &["a column is empty", "x.txt:1:3\n"]),
            (b",1,2\n", &["a column is empty", "x.txt:1:1\n"]),
            (b"1,\n", &["a column is empty"]),
            (b"1 2\nalice bob\n", &["`alice` is no account id", "x.txt:2:1\n", "give each account a number"]),
            (b"a b\nc d\n", &["`c` is no account id", "x.txt:2:1\n"]),
            (b"1 2\n3 \xff\xfe4\n", &["x.txt:2:3\n", "no UTF-8 text"]),
            (b"\xff\xfe1\x002\x00\n\x00", &["x.txt:1:1\n", "no UTF-8 text"]),
            (b"1 2\n\x003 4\n", &["x.txt:2:1\n", id]),
        ];
        for (bytes, told) in cases {
            let message = refused(bytes);
            for part in told {
                assert!(message.contains(part), "`{part}` is not in\n{message}");
            }
        }
    }

    #[test]
    fn several_wrong_lines_are_told_at_once_but_not_all() {
        let message = refused("1 2\nx 1\n2 3\n4\n");
        assert!(message.contains("x.txt:2:1") && message.contains("x.txt:4:1"), "{message}");
        assert!(!message.contains("reading stopped"), "{message}");
        let message = refused("1 x\n".repeat(9));
        assert_eq!(message.matches("is no account id").count(), MOST_FAULTS, "{message}");
        assert!(message.contains("x.txt:5:3") && message.contains("reading stopped here"), "{message}");
    }

    #[test]
    fn a_file_without_an_edge_is_refused() {
        for text in ["", "\n\n", "# nothing\n", "source target\n", "\u{feff}"] {
            assert!(refused(text).starts_with("`x.txt` names no edge"), "{text:?}");
        }
    }

    #[test]
    fn a_line_without_end_is_refused_and_one_longer_than_what_is_read_at_once_too() {
        let message = refused("1".repeat(CHUNK + 5));
        assert!(message.contains("x.txt:1:1") && message.contains("more than 1048576 bytes"), "{message}");
        let message = refused([b"1 2\n".as_slice(), &[b'7'; 300]].concat());
        assert!(message.contains("x.txt:2:1"), "{message}");
    }

    #[test]
    fn a_gzip_stream_that_breaks_off_or_is_damaged_is_refused_with_the_line() {
        let text: String = (0..200_000).fold(String::new(), |mut text, idx| {
            let _ = writeln!(text, "{} {}", idx, idx * 7 % 1999);
            text
        });
        let whole = gzip(text.as_bytes());
        assert_eq!(loaded(&whole).graph.n_edges(), 199_999);
        let message = refused(&whole[..whole.len() / 2]);
        let (_, line) = message.split_once("ends in the middle of its gzip stream, in line ").unwrap();
        let line: u32 = line.lines().next().unwrap().parse().unwrap();
        // Lines take about as many bytes in the second half as in the first.
        assert!((80_000..120_000).contains(&line), "{message}");
        assert!(refused(&whole[..whole.len() - 3]).contains("ends in the middle"), "without its checksum");
        let mut damaged = whole.clone();
        damaged[whole.len() / 2] ^= 0xff;
        let message = refused(damaged);
        assert!(message.contains("damaged gzip stream") || message.contains("is no account id"), "{message}");
        let mut wrong_sum = whole;
        let last = wrong_sum.len() - 6;
        wrong_sum[last] ^= 1;
        assert!(refused(wrong_sum).contains("damaged gzip stream, in line"), "checksum");
        assert!(refused([0x1f, 0x8b]).contains("ends in the middle"), "two bytes");
        assert!(refused(b"BZh91AY&SY").contains("compressed by bzip2"), "bzip2");
    }

    /// Lines that lie across the borders of what is read at once.
    #[test]
    fn long_files_are_read_as_a_whole() {
        let mut text = String::from("# head\n");
        for idx in 0..300_000_u32 {
            let _ = writeln!(text, "{} {}", idx, (idx + 1) % 300_000);
        }
        assert!(text.len() > 3 * CHUNK);
        let found = loaded(&text);
        assert_eq!((found.graph.n_nodes(), found.graph.n_edges()), (300_000, 300_000));
        assert!((0..300_000).all(|node| found.graph.followers(node) == [(node + 1) % 300_000]));
        let _ = writeln!(text, "5 x");
        assert!(refused(&text).contains("x.txt:300002:3"));
    }

    proptest! {
        #[test]
        fn no_bytes_whatever_are_a_reason_to_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = load("x.txt", bytes.as_slice(), None);
        }

        #[test]
        fn no_text_of_digits_and_separators_is_a_reason_to_panic(text in "[0-9a,; \t\r\n#-]{0,80}") {
            let _ = load("x.txt", text.as_bytes(), None);
        }
    }
}
