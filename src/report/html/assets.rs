//! Scripts and styles of the pages, inside the program.
//!
//! The scripts are plain ES modules (`assets/page/`). A page holds the modules it needs in one script: their imports are left out and
//! what they export is known to those that follow, so names are unique among them.

use std::sync::LazyLock;

/// A module: its name and text.
type Module = (&'static str, &'static str);

macro_rules! module {
    ($name:literal) => {
        ($name, include_str!(concat!("../../../assets/page/", $name)))
    };
}

/// uPlot 1.6.32 by Leon Sorokin (MIT): charts.
const UPLOT: &str = include_str!("../../../assets/vendor/uplot/uPlot.iife.min.js");
const UPLOT_LICENCE: &str = include_str!("../../../assets/vendor/uplot/LICENSE");
const UPLOT_STYLE: &str = include_str!("../../../assets/vendor/uplot/uPlot.min.css");
const STYLE: &str = include_str!("../../../assets/page/page.css");

/// What every page with a replay needs, in the order of dependence.
const STAGE: [Module; 6] = [
    module!("words.js"),
    module!("clock.js"),
    module!("territory.js"),
    module!("charts.js"),
    module!("ladders.js"),
    module!("player.js"),
];

/// uPlot with its licence, and the modules, in one text.
fn joined(modules: &[Module]) -> String {
    // Its first line is a remark with an address, which has no place in a page that asks for nothing.
    let uplot = UPLOT.split_once('\n').map_or(UPLOT, |(_, code)| code);
    let mut script = format!("/*! uPlot 1.6.32\n{UPLOT_LICENCE}*/\n{uplot}");
    for (_, text) in modules {
        for line in text.lines().filter(|line| !line.starts_with("import ")) {
            script.push('\n');
            script.push_str(line.strip_prefix("export ").unwrap_or(line));
        }
    }
    script + "\n"
}

/// The style sheet of all pages.
pub fn style() -> &'static str {
    static JOINED: LazyLock<String> = LazyLock::new(|| [UPLOT_STYLE, STYLE].join("\n"));
    &JOINED
}

/// The script of a report.
pub fn report_script() -> &'static str {
    static JOINED: LazyLock<String> = LazyLock::new(|| {
        let modules: Vec<Module> = STAGE.into_iter().chain([module!("report.js")]).collect();
        joined(&modules)
    });
    &JOINED
}

/// The script of the teacher's page.
pub fn teacher_script() -> &'static str {
    static JOINED: LazyLock<String> = LazyLock::new(|| served(module!("teacher.js")));
    &JOINED
}

/// The script of the students' page.
pub fn student_script() -> &'static str {
    static JOINED: LazyLock<String> = LazyLock::new(|| served(module!("student.js")));
    &JOINED
}

/// The script of a page that talks to the classroom server.
fn served(page: Module) -> String {
    let modules: Vec<Module> = STAGE.into_iter().chain([module!("wire.js"), page]).collect();
    joined(&modules)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_holds_its_modules_and_asks_for_nothing() {
        let script = report_script();
        for name in ["function player(", "class Clock", "function fan("] {
            assert!(script.contains(name), "{name}");
        }
        for line in script.lines() {
            assert!(!line.starts_with("import ") && !line.starts_with("export "), "{line}");
        }
        assert!(!script.contains("</script"));
    }

    #[test]
    fn nothing_in_a_page_comes_from_elsewhere() {
        for text in [report_script(), teacher_script(), student_script(), style()] {
            for address in ["http://", "https://", "@import", "url("] {
                let found = text.find(address).map(|at| text[at..].chars().take(60).collect::<String>());
                assert_eq!(found, None);
            }
        }
    }
}
