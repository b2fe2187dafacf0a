//! The whole page of a small ensemble.

use super::frame::hash;
use super::*;
use crate::experiment::replicates::{Silent, replicates};
use crate::report::bundle::Ensemble;
use crate::scenario::{Request, Source, bundled, load};
use crate::simulation::named::Named;

/// The page of a few runs of the scenario `text` with `changes`.
fn page_of(text: &str, changes: &[&str]) -> String {
    let mut request = Request::new(Source::new("s.toml", text));
    request.set.push("network.accounts=30000".to_owned());
    request.set.extend(changes.iter().map(|change| (*change).to_owned()));
    let scenario = load(&request).unwrap();
    let simulation = Simulation::new(&scenario, 1).unwrap();
    let named = Named::of(&scenario, simulation.layout()).unwrap();
    let outcomes = replicates(&simulation, 0..12, 1, &Silent, &false.into()).unwrap();
    let mut aggregate = crate::report::bundle::aggregate(&simulation);
    aggregate.push(&outcomes);
    let ensemble = Ensemble::of(&scenario, &simulation, &named, &aggregate);
    let page = String::from_utf8(ensemble.page(3).unwrap()).unwrap();
    assert_eq!(page.as_bytes(), ensemble.page(3).unwrap(), "the page differs from time to time");
    page
}

/// What stands between two texts.
fn between<'a>(page: &'a str, from: &str, until: &str) -> &'a str {
    page.split_once(from).unwrap().1.split_once(until).unwrap().0
}

#[test]
fn a_page_is_whole_and_asks_for_nothing() {
    let page = page_of(bundled::scenario("canada-saudi-2018").unwrap().text.as_str(), &[]);
    for address in ["http://", "https://", "src=", "<link", "@import"] {
        assert!(!page.contains(address), "{address}");
    }
    let script = between(&page, "<script type=\"module\">", "</script>");
    let style = between(&page, "<style>", "</style>");
    assert!(page.contains(&format!("script-src '{}'", hash(script))));
    assert!(page.contains(&format!("style-src '{}'", hash(style))));
    assert!(page.len() < 5_000_000, "{} bytes", page.len());

    let data: Value = serde_json::from_str(between(&page, "id=\"data\">", "</script>")).unwrap();
    assert_eq!(data["films"].as_array().unwrap().len(), 3);
    let n_bins = data["bins"].as_array().unwrap().len();
    for (index, values) in data["films"][0]["series"].as_object().unwrap() {
        assert_eq!(values.as_array().unwrap().len(), n_bins, "series {index}");
    }
    for film in data["films"].as_array().unwrap() {
        for message in film["messages"].as_array().unwrap() {
            let lists = ["t", "parent", "public", "frame"].map(|key| message[key].as_array().unwrap().len());
            assert_eq!(lists, [message["drawn"].as_u64().unwrap() as usize; 4]);
        }
        for entry in film["entries"].as_array().unwrap() {
            assert!(entry["cause"].is_null() || entry["cause"].is_u64());
        }
    }
    // Both languages of every text that is not the scenario's.
    assert_eq!(page.matches("<span lang=\"en\">").count(), page.matches("<span lang=\"fr\">").count());
}

#[test]
fn texts_of_a_scenario_can_do_nothing_to_the_page() {
    let text = bundled::scenario("canada-saudi-2018").unwrap().text;
    let evil = "</title></script><script>alert(1)</script><img onerror=x>";
    let changes =
        ["scenario.title", "scenario.summary", "events.messages.arabic-tweet.text", "scenario.limits"]
            .map(|path| format!("{path}='{evil}'"));
    let page = page_of(text.as_str(), &changes.each_ref().map(String::as_str));
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "the text is read as elements");
    assert_eq!(page.matches("</script>").count(), 2);
}
