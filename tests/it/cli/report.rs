//! `report`, and `serve` where it is not built.

use super::{Desk, SMALL};

/// A desk with a small bundle `b`.
fn with_bundle() -> Desk {
    let desk = Desk::new();
    desk.get(&[&["run", "canada-saudi-2018", "--runs", "20", "--quiet", "--out", "b"][..], &SMALL].concat());
    desk
}

#[test]
fn the_page_of_a_bundle_is_made_again_byte_by_byte() {
    let desk = with_bundle();
    let page = desk.text("b/report.html");
    assert!(page.starts_with("<!doctype html>") && page.len() < 5_000_000, "{} bytes", page.len());
    desk.write("b/report.html", "changed");
    desk.get(&["report", "b", "--threads", "1"]);
    assert_eq!(desk.text("b/report.html"), page);

    desk.get(&["report", "b", "--films", "2", "--out", "lesson.html"]);
    let lesson = desk.text("lesson.html");
    assert!(lesson.len() < page.len());
    let refused = desk.ask(&["report", "b", "--films", "3", "--out", "lesson.html"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("`lesson.html` exists"), "{}", refused.err);
    assert_eq!(desk.text("lesson.html"), lesson);
    desk.get(&["report", "b", "--films", "3", "--out", "lesson.html", "--overwrite"]);
    assert_ne!(desk.text("lesson.html"), lesson);
}

#[test]
fn what_is_no_bundle_has_no_page() {
    let desk = Desk::new();
    let refused = desk.ask(&["report", "."]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("is not a bundle"), "{}", refused.err);
}

#[test]
#[cfg(not(feature = "serve"))]
fn without_the_server_the_command_that_builds_it_is_told() {
    let refused = Desk::new().ask(&["serve"]);
    assert_eq!((refused.code, refused.out.as_str()), (2, ""));
    assert!(refused.err.contains("cargo run --release --features serve -- serve"), "{}", refused.err);
}
