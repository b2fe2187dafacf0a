//! Graphs as people have them on their disks, through both commands that read them: what is understood, and what is refused and where.

use super::{Desk, json};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::basic::{Repetition, Type as Physical};
use parquet::data_type::{DoubleType, Int64Type};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::Arc;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A file of two columns of 64 bits, in which a value may be missing.
fn parquet(rows: &[(i64, Option<i64>)]) -> Vec<u8> {
    let column = |name, repetition| {
        let builder = Type::primitive_type_builder(name, Physical::INT64).with_repetition(repetition);
        Arc::new(builder.build().unwrap())
    };
    let fields = vec![column("u", Repetition::REQUIRED), column("v", Repetition::OPTIONAL)];
    let schema = Arc::new(Type::group_type_builder("edges").with_fields(fields).build().unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let from: Vec<i64> = rows.iter().map(|row| row.0).collect();
    let to: Vec<i64> = rows.iter().filter_map(|row| row.1).collect();
    let levels: Vec<i16> = rows.iter().map(|row| i16::from(row.1.is_some())).collect();
    for (values, levels) in [(from, None), (to, Some(&levels[..]))] {
        let mut into = group.next_column().unwrap().unwrap();
        into.typed::<Int64Type>().write_batch(&values, levels, None).unwrap();
        into.close().unwrap();
    }
    group.close().unwrap();
    writer.into_inner().unwrap()
}

/// A file with one column of fractions.
fn fractions() -> Vec<u8> {
    let builder =
        Type::primitive_type_builder("weight", Physical::DOUBLE).with_repetition(Repetition::REQUIRED);
    let fields = vec![Arc::new(builder.build().unwrap())];
    let schema = Arc::new(Type::group_type_builder("edges").with_fields(fields).build().unwrap());
    let mut writer = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut into = group.next_column().unwrap().unwrap();
    into.typed::<DoubleType>().write_batch(&[0.5, 1.5], None, None).unwrap();
    into.close().unwrap();
    group.close().unwrap();
    writer.into_inner().unwrap()
}

fn graphml(inside: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<graphml xmlns=\"http://graphml.graphdrawing.org/xmlns\">\n\
         <graph edgedefault=\"directed\">\n{inside}\n</graph>\n</graphml>\n"
    )
}

/// The same four edges between 3, 70, 9,000,000,000 and the largest number of 63 bits, one loop and one edge named twice.
const EDGES: [(u64, u64); 6] = [
    (3, 70),
    (70, 9_000_000_000),
    (9_000_000_000, 9_223_372_036_854_775_807),
    (3, 9_000_000_000),
    (70, 70),
    (3, 70),
];

fn lines(separator: &str, end: &str) -> String {
    EDGES.map(|(u, v)| format!("{u}{separator}{v}{end}")).concat()
}

/// Every way to write the graph, with what is remarked besides what is left out.
fn ways() -> Vec<(&'static str, Vec<u8>, Option<&'static str>)> {
    let plain = lines(" ", "\n");
    let nodes =
        "<node id=\"3\"/><node id=\"70\"/><node id=\"9000000000\"/><node id=\"9223372036854775807\"/>";
    let edges = EDGES.map(|(u, v)| format!("<edge source=\"{u}\" target=\"{v}\"/>\n")).concat();
    let xml = graphml(&format!("{edges}{nodes}"));
    let rows = EDGES.map(|(u, v)| (u as i64, Some(v as i64)));
    vec![
        ("plain.txt", plain.clone().into(), None),
        ("windows.txt", lines(" ", "\r\n").into(), None),
        ("tabs.tsv", lines("\t", "\n").into(), None),
        ("commas.csv", lines(",", "\n").into(), None),
        ("excel.csv", format!("\u{feff}\"Source\";\"Target\"\r\n{}", lines(";", "\r\n")).into(), None),
        ("spaced.csv", lines(" , ", " \n").into(), None),
        ("unended.txt", plain.trim_end().into(), None),
        ("comments.txt", format!("# from the archive\n% 1 2\n\n{plain}   \n# end").into(), None),
        ("bom.txt", format!("\u{feff}{plain}").into(), None),
        ("zeros.txt", lines(" 0", "\n").into(), None),
        ("header.txt", format!("follower_of follower\n{plain}").into(), None),
        (
            "weights.txt",
            format!("3 70 0.25\n{}", &plain[plain.find('\n').unwrap() + 1..]).into(),
            Some("(first in line 1)"),
        ),
        ("packed.gz", gzip(plain.as_bytes()), None),
        ("packed-under-another-name.txt", gzip(plain.as_bytes()), None),
        ("xml.graphml", xml.clone().into(), None),
        ("xml.graphml.gz", gzip(xml.as_bytes()), None),
        ("columns.parquet", parquet(&rows), None),
    ]
}

#[test]
fn one_graph_is_understood_however_it_is_written() {
    let desk = Desk::new();
    for (name, bytes, remark) in ways() {
        desk.write(name, bytes);
        let cascade = [
            "cascade",
            "--edges",
            name,
            "--model",
            "complex",
            "--threshold",
            "1",
            "--runs",
            "2",
            "--seed-node",
            "3",
        ];
        let answer = desk.ask(&[&cascade[..], &["--json"]].concat());
        assert_eq!(answer.code, 0, "{name}: {}", answer.err);
        let value = json(&answer.out);
        let counts =
            ["nodes", "edges", "n_self_loops", "n_duplicates"].map(|key| value[key].as_u64().unwrap());
        assert_eq!(counts, [4, 4, 1, 1], "{name}");
        assert_eq!(value["mean"], 4.0, "{name}");
        assert!(
            answer.err.contains("left out: 1 edges from a node to itself, 1 named before"),
            "{name}: {}",
            answer.err
        );
        let warned = format!("warning: columns of `{name}` after the second are not read");
        assert_eq!(answer.err.contains(&warned), remark.is_some(), "{name}: {}", answer.err);
        assert!(answer.err.contains(remark.unwrap_or("")), "{name}: {}", answer.err);
        // The largest id is a seed like any other.
        let last = desk.get(&[&cascade[..9], &["--seed-node", "9223372036854775807", "--json"]].concat());
        assert_eq!(json(&last)["mean"], 1.0, "{name}");

        let measured = json(&desk.get(&["network", "--edges", name, "--json"]));
        assert_eq!((&measured["nodes"], &measured["edges"]), (&4.into(), &4.into()), "{name}");
        let left_out = ["self_loops", "duplicates"].map(|key| measured["file"][key].as_u64());
        assert_eq!(left_out, [Some(1), Some(1)], "{name}");
    }
}

#[test]
fn quiet_hides_that_columns_are_not_read() {
    let desk = Desk::new();
    desk.write("weights.txt", "1 2 0.5\n");
    let answer = desk.ask(&["cascade", "--edges", "weights.txt", "--p", "1", "--runs", "1", "--quiet"]);
    assert_eq!((answer.code, answer.err.as_str()), (0, ""));
}

/// Files that are no graphs, with what must be said of them.
fn refused() -> Vec<(&'static str, Vec<u8>, &'static [&'static str])> {
    let packed = gzip("1 2\n3 4\n".repeat(5000).as_bytes());
    let mut damaged = packed.clone();
    let checksum = packed.len() - 6;
    damaged[checksum] ^= 1;
    let whole = parquet(&[(1, Some(2)), (2, Some(3))]);
    let cut = |from: &[u8], n: usize| from[..from.len() - n].to_vec();
    let xml = graphml("<node id=\"a\"/><node id=\"b\"/>\n<edge source=\"a\" target=\"b\"/>");
    vec![
        // Edge lists: the line and the column.
        (
            "negative.txt",
            b"1 2\n3 -4\n".to_vec(),
            &["`-4` is no account id", "negative.txt:2:3", "allowed: a whole"],
        ),
        (
            "absurd.txt",
            b"1 99999999999999999999\n".to_vec(),
            &["`99999999999999999999` is no", "absurd.txt:1:3"],
        ),
        (
            "one-more.txt",
            b"18446744073709551616 1\n".to_vec(),
            &["one-more.txt:1:1", "to 18446744073709551615"],
        ),
        ("real.txt", b"1 2\n1.5 2\n".to_vec(), &["`1.5` is no account id", "real.txt:2:1"]),
        ("power.txt", b"1 2\r\n1e3 2\r\n".to_vec(), &["`1e3` is no account id", "power.txt:2:1"]),
        (
            "names.txt",
            b"a b\nalice bob\n".to_vec(),
            &["`alice` is no account id", "names.txt:2:1", "hint: give each"],
        ),
        ("column.txt", b"1 2\n\n3\n".to_vec(), &["a line with one column is no edge", "column.txt:3:1"]),
        ("commas.txt", b"1,,2\n".to_vec(), &["a column is empty", "commas.txt:1:3"]),
        ("mac.txt", b"1 2\r3 4\r".to_vec(), &["a carriage return", "mac.txt:1:4", "hint: convert the file"]),
        ("latin.txt", b"1 2\n3 \xe9\n".to_vec(), &["latin.txt:2:3", "no UTF-8 text"]),
        ("utf16.txt", b"\xff\xfe1\x00 \x002\x00\n\x00".to_vec(), &["utf16.txt:1:1", "no UTF-8 text"]),
        ("binary.txt", vec![0, 1, 2, 3, 10, 4], &["binary.txt:1:1"]),
        ("long.txt", vec![b'1'; 1_100_000], &["long.txt:1:1", "more than 1048576 bytes"]),
        (
            "several.txt",
            b"x 1\n2 y\n3\n".to_vec(),
            &["several.txt:1:1", "several.txt:2:3", "several.txt:3:1"],
        ),
        ("empty.txt", Vec::new(), &["`empty.txt` names no edge", "hint: a line `u v` means that v sees"]),
        ("comments.txt", b"# 1 2\n".to_vec(), &["`comments.txt` names no edge"]),
        // Compressed.
        (
            "cut.gz",
            cut(&packed, 9),
            &["`cut.gz` ends in the middle of its gzip stream, in line ", "copy or download"],
        ),
        ("checksum.gz", damaged, &["`checksum.gz` has a damaged gzip stream, in line "]),
        ("begun.gz", vec![0x1f, 0x8b], &["`begun.gz` ends in the middle of its gzip stream, in line 1"]),
        ("bad.gz", gzip(b"1 2\n1 x\n"), &["`x` is no account id", "bad.gz:2:3"]),
        ("x.zst", vec![0x28, 0xb5, 0x2f, 0xfd, 0], &["compressed by zstd", "hint: unpack it"]),
        ("x.zip", b"PK\x03\x04".to_vec(), &["compressed by zip"]),
        // GraphML: the line.
        (
            "cut.graphml",
            xml.as_bytes()[..xml.find("</graph>").unwrap()].to_vec(),
            &["line 6: the file ends inside an element"],
        ),
        ("cut.graphml.gz", cut(&gzip(xml.as_bytes()), 9), &["ends in the middle of its gzip stream"]),
        ("end.graphml", graphml("<edge source=\"a\"/>").into(), &["line 4: `edge` has no `target`"]),
        ("id.graphml", graphml("<node/>").into(), &["line 4: `node` has no `id`"]),
        (
            "unknown.graphml",
            graphml("<node id=\"a\"/>\n<edge source=\"a\" target=\"b\"/>").into(),
            &["line 5: an edge names `b`, which is no node of the file"],
        ),
        ("hyper.graphml", graphml("<hyperedge/>").into(), &["line 4: a `hyperedge` is no edge"]),
        ("tags.graphml", graphml("<node id=\"a\">\n</edge>").into(), &["line 5: ", "no well-formed XML"]),
        ("nodes.graphml", graphml("<node id=\"a\"/>").into(), &["`nodes.graphml` names no edge"]),
        ("page.graphml", b"\n<html></html>".to_vec(), &["line 2: the file is XML, but no GraphML"]),
        // Parquet: the row.
        (
            "negative.parquet",
            parquet(&[(1, Some(2)), (3, Some(-4))]),
            &["row 2: `-4` in column `v` is no account id"],
        ),
        ("missing.parquet", parquet(&[(1, Some(2)), (3, None)]), &["row 2: column `v` is empty"]),
        ("fractions.parquet", fractions(), &["no two columns of whole numbers", "`weight` (DOUBLE)"]),
        ("rows.parquet", parquet(&[]), &["`rows.parquet` names no edge"]),
        ("cut.parquet", cut(&whole, 20), &["`cut.parquet` can't be used"]),
        ("begun.parquet", b"PAR1PAR1".to_vec(), &["`begun.parquet` can't be used"]),
    ]
}

/// Exit status 2, the place, and nothing on standard output, whichever command reads.
#[test]
fn what_is_no_graph_is_refused_with_its_place() {
    let desk = Desk::new();
    for (name, bytes, told) in refused() {
        desk.write(name, bytes);
        for command in [&["network", "--edges", name][..], &["cascade", "--p", "0.1", "--edges", name]] {
            let answer = desk.ask(command);
            assert_eq!((answer.code, answer.out.as_str()), (2, ""), "{name}: {}", answer.err);
            assert!(answer.err.starts_with("error: "), "{name}: {}", answer.err);
            for part in told {
                assert!(answer.err.contains(part), "{name}: `{part}` is not in\n{}", answer.err);
            }
        }
    }
    for name in ["missing.txt", "."] {
        let answer = desk.ask(&["cascade", "--p", "0.1", "--edges", name]);
        assert_eq!(answer.code, 2);
        assert!(answer.err.contains(&format!("`{name}` can't be read")), "{}", answer.err);
    }
}

/// The line is that in which the text breaks off, not the first of a block that was read.
#[test]
fn a_gzip_stream_that_breaks_off_names_the_line() {
    let desk = Desk::new();
    let text = (0..300_000_u32).fold(String::new(), |mut text, node| {
        let _ = writeln!(text, "{node} {}", node.wrapping_mul(2_654_435_761));
        text
    });
    let packed = gzip(text.as_bytes());
    desk.write("cut.gz", &packed[..packed.len() / 3 * 2]);
    let answer = desk.ask(&["cascade", "--p", "0.1", "--edges", "cut.gz"]);
    let (_, line) = answer.err.split_once("gzip stream, in line ").unwrap();
    let line: u32 = line.lines().next().unwrap().parse().unwrap();
    assert!((180_000..220_000).contains(&line), "{}", answer.err);
}
