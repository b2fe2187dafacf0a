//! Scenarios that are made up for a test: a head, a leader with many followers, and what the test is about.

use std::fmt::Write as _;

/// What the scenarios of tests differ in, as it stands in the file.
pub(crate) struct Head {
    pub(crate) id: &'static str,
    pub(crate) start: &'static str,
    pub(crate) horizon: &'static str,
    pub(crate) markets: &'static [&'static str],
    pub(crate) states: &'static [&'static str],
    /// Simulated accounts, the publics they belong to, and outlets; all of those that they can read if there is no list.
    pub(crate) accounts: u32,
    pub(crate) publics: &'static [&'static str],
    pub(crate) outlets: Option<&'static [&'static str]>,
}

impl Head {
    /// The head and the account `leader`, who speaks for the United States; the rest is to follow, beginning with a table.
    pub(crate) fn text(&self) -> String {
        let Self { id, start, horizon, markets, states, accounts, publics, outlets } = self;
        let mut text = format!(
            r#"format = 1
[scenario]
id = "{id}"
title = "Made up"
summary = "made up"
tier = 3
start = {start}
horizon = "{horizon}"
markets = {markets:?}
states = {states:?}
sources = {{ example = "made up" }}
[network]
accounts = {accounts}
publics = {publics:?}
"#
        );
        if let Some(outlets) = outlets {
            let _ = writeln!(text, "outlets = {outlets:?}");
        }
        text.push_str(
            r#"[accounts.leader]
name = "A leader"
state = "US"
voice = "leader"
followers = 60_000_000
audience = { US = 0.4, CA = 0.04 }
source = "made up"
"#,
        );
        text
    }
}

/// A message of the leader; `more` are further lines of its table.
pub(crate) fn message(id: &str, time: &str, act: &str, target: &str, issue: &str, more: &str) -> String {
    format!(
        "[events.messages.{id}]\nauthor = \"leader\"\ntime = {time}\nact = \"{act}\"\ntarget = \"{target}\"\nissue = \"{issue}\"\nlanguage = [\"en\"]\n{more}text = \"made up\"\nsource = \"made up\"\n"
    )
}

/// A matter that no market cares about.
pub(crate) const HOME: &str = "[issues.home]\ntitle = \"Home\"\nsource = \"made up\"\n";
