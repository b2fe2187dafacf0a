//! Sections of several kinds, read together as files would be.

use super::*;
use crate::units::{Probability, TimeSpan};
use std::collections::BTreeMap;

choices! {
    /// Kinds of parcel.
    enum Size {
        /// Fits through the slot.
        Small = "small",
        /// Does not.
        Large = "large",
    }
}

section! {
    /// A post office.
    struct Office {
        /// Its name. Shown on the door.
        pub name: String,
        /// Counters.
        pub counters: u64 = 2,
        /// Time per customer.
        pub service: Spanned<TimeSpan>,
        /// Parcels by label.
        pub parcels: BTreeMap<String, Parcel> = BTreeMap::new(),
        /// Where letters go.
        pub slot: Option<String>,
        /// How the clerks behave.
        pub clerks: Clerks,
    }
}

section! {
    /// A parcel.
    struct Parcel {
        /// How large.
        pub size: Size = Size::Small,
        /// Days open.
        pub days: Vec<u64> = Vec::new(),
    }
}

params! {
    /// How the clerks behave.
    struct Clerks {
        /// Probability of a friendly word.
        friendliness: Probability,
    }
}

const OFFICE: &str = r#"
name = "Main"
service = "3 min"
[parcels.a]
size = "large"
[clerks]
friendliness = { value = 0.25, basis = "measured", source = "a survey" }
"#;

/// Reads `text` as `T`, or tells all that is wrong with it.
fn read<T: FromValue>(text: &str) -> Result<(T, Vec<ParameterNote>), String> {
    let mut sources = Sources::new();
    let source = sources.add("office.toml", text);
    let (tree, mut problems) = parse(&sources, source);
    let mut reader = Reader::new();
    let read = T::read(&tree, &mut reader);
    let (found, notes) = reader.finish();
    problems.append(found);
    match (read, problems.is_empty()) {
        (Some(read), true) => Ok((read, notes)),
        (None, true) => panic!("nothing was read and no reason told: {text}"),
        (_, false) => Err(Failure::new(sources, problems).to_string()),
    }
}

/// The problems of the office with one text replaced.
fn problems_with(old: &str, new: &str) -> String {
    assert!(OFFICE.contains(old), "{old}");
    read::<Office>(&OFFICE.replace(old, new)).unwrap_err()
}

#[test]
fn a_section_is_read_with_its_defaults_and_notes_its_parameters() {
    let (office, notes) = read::<Office>(OFFICE).unwrap();
    assert_eq!((office.name.as_str(), office.counters, office.slot), ("Main", 2, None));
    assert_eq!(*office.service, TimeSpan::from_secs(180));
    assert_ne!(office.service.place(), Place::NOWHERE);
    assert_eq!(office.parcels["a"], Parcel { size: Size::Large, days: Vec::new() });
    assert_eq!(office.clerks.friendliness.get(), 0.25);
    let note = ParameterNote {
        path: "clerks.friendliness".into(),
        value: "0.25".into(),
        range: "0 to 1".into(),
        basis: Basis::Measured,
        source: "a survey".into(),
        doc: "Probability of a friendly word.".into(),
    };
    assert_eq!(notes, [note]);
}

#[test]
fn a_misspelt_key_is_shown_with_what_was_meant() {
    insta::assert_snapshot!(problems_with("service", "servise"), @r#"
    error: unknown key `servise`
     --> office.toml:3:1
      |
    3 | servise = "3 min"
      | ^^^^^^^ servise
      |
      = allowed: `name`, `counters`, `service`, `parcels`, `slot` or `clerks`
      = hint: did you mean `service`?
    "#);
}

#[test]
fn a_value_out_of_range_or_of_another_type_is_shown_with_what_is_allowed() {
    insta::assert_snapshot!(problems_with("0.25", "1.8"), @r#"
    error: `friendliness` can't be `1.8`
     --> office.toml:7:26
      |
    7 | friendliness = { value = 1.8, basis = "measured", source = "a survey" }
      |                          ^^^ clerks.friendliness.value
      |
      = allowed: a number from 0 to 1
    "#);
    insta::assert_snapshot!(problems_with("\"3 min\"", "3"), @r#"
    error: `service` can't be `3`
     --> office.toml:3:11
      |
    3 | service = 3
      |           ^ service
      |
      = allowed: a duration that is not negative, such as `15 min`, `36 h` or `90 days`
      = hint: write the unit, such as `3 days`
    "#);
    insta::assert_snapshot!(problems_with("\"large\"", "\"lage\""), @r#"
    error: `size` can't be `"lage"`
     --> office.toml:5:8
      |
    5 | size = "lage"
      |        ^^^^^^ parcels.a.size
      |
      = allowed: `small` or `large`
      = hint: did you mean `large`?
    "#);
    insta::assert_snapshot!(problems_with("\"Main\"", "1979-05-27"), @r#"
    error: `name` can't be `1979-05-27`
     --> office.toml:2:8
      |
    2 | name = 1979-05-27
      |        ^^^^^^^^^^ name
      |
      = allowed: text in quotes
    "#);
    insta::assert_snapshot!(problems_with("{ value = 0.25, basis = \"measured\", source = \"a survey\" }", "0.25"), @r#"
    error: `friendliness` can't be `0.25`
     --> office.toml:7:16
      |
    7 | friendliness = 0.25
      |                ^^^^ clerks.friendliness
      |
      = allowed: a table of `value`, `basis` and `source`
      = hint: write `{ value = 0.25, basis = "assumed", source = "…" }`
    "#);
}

#[test]
fn all_syntax_errors_of_a_text_are_shown() {
    insta::assert_snapshot!(read::<Office>("name = \nname = \"a\"\ncounters = 1\ncounters = 2\nslot = \"a\n").unwrap_err(), @r#"
    error: `clerks` is missing
     --> office.toml:1:1
      |
    1 | name = 
      | ^
      |
      = hint: `clerks`: how the clerks behave

    error: `service` is missing
     --> office.toml:1:1
      |
    1 | name = 
      | ^
      |
      = hint: `service`: time per customer

    error: string values must be quoted, expected literal string
     --> office.toml:1:8
      |
    1 | name = 
      |        ^

    error: `name` is defined twice
     --> office.toml:2:1
      |
    2 | name = "a"
      | ^^^^

    error: `counters` is defined twice
     --> office.toml:4:1
      |
    4 | counters = 2
      | ^^^^^^^^

    error: invalid basic string, expected `"`
     --> office.toml:5:10
      |
    5 | slot = "a
      |          ^
    "#);
}

#[test]
fn a_place_behind_a_carriage_return_is_shown_at_the_end_of_its_line() {
    let shown = read::<Office>("name = \"a\"\r\nslot = \r\r\nservice = \"3 min\"\r\n").unwrap_err();
    assert!(shown.contains("office.toml:2:"), "{shown}");
    let mut sources = Sources::new();
    let source = sources.add("cr.toml", "a = \r\r");
    let problem = Problem::new(Place { source, start: 5, end: 6 }, "", "odd");
    assert!(Failure::new(sources, problem.into()).to_string().contains("cr.toml:1:5"));
}

#[test]
fn problems_beyond_fifty_are_counted() {
    let text = (0..70).fold(String::new(), |text, n| text + &format!("key-{n} = 1\n"));
    let shown = read::<Office>(&text).unwrap_err();
    assert_eq!(shown.matches("error:").count(), 50);
    assert!(shown.ends_with("and 23 more"), "{shown}");
}

#[test]
fn deep_nesting_is_refused_without_exhausting_the_stack() {
    let bombs = [
        format!("a = {}", "[".repeat(100_000)),
        format!("a = {}{}", "[".repeat(70), "]".repeat(70)),
        format!("a = {}", "{a=".repeat(100_000)),
        format!("{} = 1", vec!["a"; 100_000].join(".")),
        format!("[{}]", ["a"; 70].join(".")),
        format!("a = {}1", format!("{{{} = ", ["a"; 70].join(".")).repeat(70)),
    ];
    for bomb in bombs {
        let mut sources = Sources::new();
        let source = sources.add("bomb.toml", bomb);
        let (tree, problems) = parse(&sources, source);
        assert!(!problems.is_empty());
        drop(tree);
        assert!(Failure::new(sources, problems).to_string().len() < 100_000);
    }
    let mut sources = Sources::new();
    let source = sources.add("fine.toml", format!("a = {}{}", "[".repeat(60), "]".repeat(60)));
    assert!(parse(&sources, source).1.is_empty());
}

#[test]
fn a_schema_says_what_a_section_accepts() {
    let schema = Office::schema();
    assert_eq!(schema["additionalProperties"], false);
    assert_eq!(schema["description"], "A post office.");
    assert_eq!(schema["required"], serde_json::json!(["name", "service", "clerks"]));
    assert_eq!(schema["properties"]["counters"]["default"], 2);
    assert_eq!(schema["properties"]["name"]["description"], "Its name. Shown on the door.");
    let size = &schema["properties"]["parcels"]["additionalProperties"]["properties"]["size"];
    assert_eq!((&size["default"], &size["oneOf"][1]["const"]), (&"small".into(), &"large".into()));
    let friendliness = &schema["properties"]["clerks"]["properties"]["friendliness"];
    assert_eq!(friendliness["required"], serde_json::json!(["value", "basis", "source"]));
}

/// The tree of a text without mistakes.
fn tree(text: &str) -> Value {
    let mut sources = Sources::new();
    let source = sources.add("tree.toml", text);
    let (tree, problems) = parse(&sources, source);
    assert!(problems.is_empty(), "{}", problems.render(&sources, Look::Plain, Severity::Error));
    tree
}

#[test]
fn merging_goes_key_by_key_and_replaces_values_with_their_origin() {
    let mut base = tree("a = 1\nlist = [1, 2]\n[t]\nx = 1\ny = { value = 1, source = \"old\" }\n");
    merge(&mut base, tree("list = [3]\n[t]\nz = 2\ny = { value = 2 }\n"));
    assert_eq!(base, tree("a = 1\nlist = [3]\n[t]\nx = 1\nz = 2\ny = { value = 2 }\n"));
}

#[test]
fn setting_a_value_with_an_origin_makes_it_an_override() {
    let set_to = |path: &str, value: Kind| {
        let mut base =
            tree("[t]\nx = 1\ny = { value = 1, basis = \"fitted\" }\n[[steps]]\nid = \"talk\"\nn = 1\n");
        let path = Path::parse(path).unwrap();
        set(&mut base, &path, Place::NOWHERE, Value::unplaced(value)).map(|()| path.find(&base).cloned())
    };
    let two = || Kind::Integer(2);
    assert_eq!(set_to("t.y", two()), Ok(Some(tree("value = 2\nbasis = \"override\""))));
    assert_eq!(set_to("t.x", two()), Ok(Some(Value::unplaced(two()))));
    assert_eq!(set_to("t.new", two()), Ok(Some(Value::unplaced(two()))));
    assert_eq!(set_to("steps.talk.n", two()), Ok(Some(Value::unplaced(two()))));
    let problem = set_to("tt.x", two()).unwrap_err();
    assert_eq!((problem.message.as_str(), problem.hint.as_deref()), ("no `tt`", Some("did you mean `t`?")));
    let problem = set_to("t.x.z", two()).unwrap_err();
    assert_eq!((problem.message.as_str(), problem.path.as_str()), ("no `z` in `t.x`", "t.x.z"));
    assert!(set_to("steps.shout.n", two()).is_err());
}

#[test]
fn a_tree_prints_with_headers_where_a_person_would_write_them() {
    let text = "\
a = 1
rate = { basis = \"fitted\", value = 0.5 }

[empty]

[[t.steps]]
id = \"a\"

[[t.steps]]
id = \"b\"

[t.\"x.y\"]
list = [1, 2]
";
    assert_eq!(print(&tree(text)), text);
}

mod any {
    use super::*;
    use proptest::prelude::*;

    fn leaf() -> impl Strategy<Value = Kind> {
        prop_oneof![
            any::<String>().prop_map(Kind::String),
            any::<i64>().prop_map(Kind::Integer),
            any::<f64>().prop_map(Kind::Float),
            any::<bool>().prop_map(Kind::Boolean),
            Just(Kind::Datetime("2018-08-05T21:00:00.250Z".parse().unwrap())),
            Just(Kind::Datetime("2018-08-05".parse().unwrap())),
        ]
    }

    fn table(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Kind> {
        let entry = (prop_oneof!["[a-c]{1,2}", any::<String>()], inner);
        proptest::collection::vec(entry, 0..5).prop_map(|entries| {
            let entry = |(key, value)| (key, Entry { key: Place::NOWHERE, value });
            Kind::Table(entries.into_iter().map(entry).collect())
        })
    }

    fn any_tree() -> impl Strategy<Value = Value> {
        let value = leaf().prop_map(Value::unplaced).prop_recursive(5, 40, 5, |inner| {
            let list = proptest::collection::vec(inner.clone(), 0..4).prop_map(Kind::Array);
            prop_oneof![list, table(inner)].prop_map(Value::unplaced)
        });
        table(value).prop_map(Value::unplaced)
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_as_the_same_tree(before in any_tree()) {
            let text = print(&before);
            prop_assert_eq!(tree(&text), before, "{}", text);
        }

        #[test]
        fn no_text_makes_reading_or_showing_panic(text in any::<String>(), toml in "[\\[\\]{}=.,\"'\n\r\t #a1é-]{0,60}") {
            for text in [text, toml] {
                let _ = read::<Office>(&text);
                let _ = Path::parse(&text);
            }
        }
    }
}
