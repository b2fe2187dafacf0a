//! What will be simulated, in the order of the ODD protocol (Grimm et al. 2020: purpose, entities, processes, design
//! concepts, initialisation, input, submodels), as Markdown.

use super::Scenario;
use super::file::{Measured, Message, Scale, Teaching, Trigger};
use crate::mechanisms::Dispositions;
use crate::text::{Basis, FromValue, ParameterNote, Spanned};
use crate::units::UtcTime;
use crate::units::parse::Quantity;
use std::fmt::{Display, Write as _};

/// The description of a scenario. Every parameter is listed with its value, basis and source.
pub fn describe(scenario: &Scenario) -> String {
    let mut page = Page::default();
    purpose(&mut page, scenario);
    entities(&mut page, scenario);
    processes(&mut page, scenario);
    design(&mut page, scenario);
    initialisation(&mut page, scenario);
    input(&mut page, scenario);
    submodels(&mut page, scenario);
    if let Some(teaching) = &scenario.file.teaching {
        in_class(&mut page, teaching);
    }
    page.text
}

/// Markdown that grows.
#[derive(Default)]
struct Page {
    text: String,
}

impl Page {
    fn heading(&mut self, level: usize, title: impl Display) {
        let gap = if self.text.is_empty() { "" } else { "\n" };
        let _ = writeln!(self.text, "{gap}{} {title}", "#".repeat(level));
    }

    fn paragraph(&mut self, text: impl Display) {
        let text = text.to_string();
        if !text.trim().is_empty() {
            let _ = writeln!(self.text, "\n{}", text.trim());
        }
    }

    fn list(&mut self, items: impl IntoIterator<Item = String>) {
        let items: String = items.into_iter().fold(String::new(), |list, item| list + "- " + &item + "\n");
        self.paragraph(items);
    }

    /// A table, unless it has no rows.
    fn table<const N: usize>(&mut self, head: [&str; N], rows: Vec<[String; N]>) {
        if rows.is_empty() {
            return;
        }
        let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
        let mut table = line(&head.map(str::to_owned)) + &line(&head.map(|_| "---".to_owned()));
        for row in rows {
            table += &line(&row.map(|cell| cell.replace('|', "\\|").replace(['\n', '\r'], " ")));
        }
        self.paragraph(table);
    }
}

fn purpose(page: &mut Page, scenario: &Scenario) {
    let header = &scenario.file.scenario;
    page.heading(1, &header.title);
    page.heading(2, "Purpose");
    page.paragraph(&header.summary);
    let tier = match header.tier {
        1 => "The outcome is recorded in numbers (tier 1).",
        2 => "The outcome is recorded in words (tier 2).",
        _ => "No outcome is recorded: the scenario shows structure, not history (tier 3).",
    };
    page.paragraph(tier);
    if !header.limits.trim().is_empty() {
        page.paragraph(format!("Limits: {}", header.limits));
    }
    if let Some(teaching) = &scenario.file.teaching {
        page.paragraph(format!("Not for: {}", teaching.not_for));
    }
    if let Some(arm) = &scenario.arm {
        page.paragraph(format!("Described with the intervention `{arm}`."));
    }
    if !scenario.overrides.is_empty() {
        page.paragraph("Set for this run:");
        page.list(scenario.overrides.iter().map(|(path, value)| format!("`{path}` = `{value}`")));
    }
}

fn entities(page: &mut Page, scenario: &Scenario) {
    let (header, network) = (&scenario.file.scenario, &scenario.file.network);
    page.heading(2, "Entities and scales");
    page.list([
        format!("time: from {}, {}; in milliseconds", header.start, *header.horizon),
        match network.scale {
            Scale::Sampled => format!(
                "{} simulated accounts, which stand for the users of {}",
                *network.accounts,
                names(&network.publics)
            ),
            Scale::Full => format!(
                "every user of {} as an account of its own (full size): who follows whom is computed when it is asked for, \
                 without mutual follows but those by chance and those of named accounts",
                names(&network.publics)
            ),
        },
        format!(
            "{} named accounts, {} states, {} outlets",
            scenario.file.accounts.len(),
            header.states.as_ref().map_or(scenario.world.states.len(), Vec::len),
            { network.outlets.as_ref().map_or(scenario.world.outlets.len(), Vec::len) }
        ),
        format!(
            "{} markets and {} volatility indices",
            header.markets.as_ref().map_or(scenario.world.markets.len(), Vec::len),
            scenario.world.volatility_indices.len()
        ),
        format!("a ladder of {} rungs: {}", scenario.world.ladder.rungs.len(), {
            scenario.world.ladder.rungs.iter().map(|rung| rung.name.as_str()).collect::<Vec<_>>().join(" · ")
        }),
    ]);
    let accounts = scenario.file.accounts.iter().map(|(id, account)| {
        let state = account.state.as_ref().map_or("", |state| state.as_str());
        let followers = account.followers.to_string();
        [format!("@{id}"), account.name.clone(), account.voice.name().to_owned(), state.to_owned(), followers]
    });
    page.table(["account", "name", "voice", "state", "followers"], accounts.collect());
    let issues = scenario.file.issues.iter().map(|(id, issue)| {
        let pole = |state: &Option<Spanned<String>>| {
            state.as_ref().map_or("–".to_owned(), |state| state.to_string())
        };
        [id.clone(), issue.title.clone(), pole(&issue.positive), pole(&issue.negative)]
    });
    page.table(["issue", "title", "pole +1", "pole −1"], issues.collect());
}

fn names(ids: &[Spanned<String>]) -> String {
    ids.iter().map(|id| id.as_str()).collect::<Vec<_>>().join(", ")
}

fn processes(page: &mut Page, scenario: &Scenario) {
    page.heading(2, "Process overview and scheduling");
    page.paragraph(
        "Time passes from event to event; events of one instant are handled in the order in which they were scheduled. \
         From outside come the events below; everything else follows from the submodels.",
    );
    let events = &scenario.file.events;
    let start = &scenario.file.scenario.start;
    let mut rows: Vec<(Option<UtcTime>, [String; 4])> = Vec::new();
    for (id, message) in &events.messages {
        let to = message.target.as_ref().map_or(String::new(), |target| format!(" to {}", &**target));
        let what = format!("@{}{to}: {} ({})", &*message.author, message.text, &*message.act);
        let time = message.time.as_deref().copied();
        rows.push((time, [when(message), format!("message `{id}`"), what, message.source.clone()]));
    }
    for (id, act) in &events.acts {
        let what = format!("{} to {}: {} ({})", &*act.actor, &*act.target, act.text, &*act.act);
        rows.push((Some(*act.time), [act.time.to_string(), format!("act `{id}`"), what, act.source.clone()]));
    }
    for (id, event) in &events.offline {
        let row = [event.time.to_string(), format!("event `{id}`"), event.text.clone(), event.source.clone()];
        rows.push((Some(*event.time), row));
    }
    rows.sort_by_key(|(time, row)| (time.is_none(), time.unwrap_or(*start), row[1].clone()));
    page.table(["when", "what", "content", "source"], rows.into_iter().map(|(_, row)| row).collect());
}

/// When a message is posted.
fn when(message: &Message) -> String {
    match (&message.time, &message.after) {
        (Some(time), _) => time.to_string(),
        (None, Some(trigger)) => condition(trigger),
        (None, None) => String::new(),
    }
}

fn condition(trigger: &Trigger) -> String {
    let cause = match (&trigger.message, &trigger.actor, &trigger.target, &trigger.rung) {
        (Some(message), ..) => format!("`{}`", &**message),
        (None, Some(actor), Some(target), Some(rung)) => {
            format!("{} reaches `{}` towards {}", **actor, **rung, **target)
        }
        _ => String::new(),
    };
    let odds = if trigger.probability.get() < 1.0 {
        format!(", with probability {}", trigger.probability)
    } else {
        String::new()
    };
    format!("{} after {cause}{odds}", trigger.delay)
}

fn design(page: &mut Page, scenario: &Scenario) {
    page.heading(2, "Design concepts");
    page.list([
        "Emergence: who sees and shares a message, how it is understood, what states answer and how prices move follow \
         from the submodels; only the events above are given."
            .to_owned(),
        "Stochasticity: every draw has a key of its own (seed, run, submodel, subject), so that arms are compared with \
         the same chances."
            .to_owned(),
        "Observation: outcomes are measured without disturbing the run.".to_owned(),
    ]);
    let highlight = &scenario.file.outcomes.highlight;
    if !highlight.is_empty() {
        page.paragraph("Outcomes shown first:");
        page.list(highlight.iter().map(|id| format!("`{}`", &**id)));
    }
    if !scenario.file.interventions.is_empty() {
        page.paragraph("Arms to compare:");
        page.list(scenario.file.interventions.iter().map(|(id, arm)| format!("`{id}`: {}", arm.title)));
    }
}

fn initialisation(page: &mut Page, scenario: &Scenario) {
    page.heading(2, "Initialisation");
    page.paragraph(
        "Relations of states at the start (tension 1 is what one act of weight −10 leaves behind):",
    );
    let header = &scenario.file.scenario;
    let states: Vec<&String> =
        scenario.world.states.keys().filter(|id| is_chosen(header.states.as_deref(), id)).collect();
    let is_pole = |state: &str| {
        let mut issues = scenario.file.issues.values();
        issues.any(|issue| {
            [&issue.positive, &issue.negative].into_iter().flatten().any(|pole| pole.as_str() == state)
        })
    };
    let pairs = states.iter().flat_map(|from| states.iter().map(move |to| (from, to)));
    let dyads = pairs.filter(|(from, to)| is_pole(from) || is_pole(to)).filter_map(|(from, to)| {
        let id = format!("{from}-{to}");
        let dyad = scenario.world.dyads.get(&id)?;
        let numbers = [dyad.alignment.to_string(), dyad.dependence.to_string(), dyad.tension.to_string()];
        let [alignment, dependence, tension] = numbers;
        Some([id, alignment, dependence, tension, dyad.source.clone()])
    });
    page.table(["dyad", "alignment", "dependence", "tension", "source"], dyads.collect());
    let countries = scenario.world.countries.iter().map(|(id, country)| {
        let languages = country.languages.iter().map(|(code, share)| format!("{code} {share}"));
        [
            id.clone(),
            country.name.clone(),
            country.users.to_string(),
            languages.collect::<Vec<_>>().join(", "),
            country.source.clone(),
        ]
    });
    page.table(["country", "name", "users", "languages read", "source"], countries.collect());
    let simulated = scenario.world.markets.iter().filter(|(id, _)| is_chosen(header.markets.as_deref(), id));
    let markets = simulated.map(|(id, market)| {
        [
            id.clone(),
            market.name.clone(),
            market.sessions.join(", "),
            market.time_zone.to_string(),
            market.source.clone(),
        ]
    });
    page.table(["market", "name", "sessions", "time zone", "source"], markets.collect());
}

/// Whether a choice of ids has `id`; all do that are not made.
fn is_chosen(choice: Option<&[Spanned<String>]>, id: &str) -> bool {
    choice.is_none_or(|ids| ids.iter().any(|chosen| chosen.as_str() == id))
}

fn input(page: &mut Page, scenario: &Scenario) {
    page.heading(2, "Input data");
    let sources = &scenario.file.scenario.sources;
    page.table(
        ["source", "reference"],
        sources.iter().map(|(id, text)| [id.clone(), text.clone()]).collect(),
    );
    let recorded = scenario.file.recorded.iter().map(|(id, recorded)| {
        let role = recorded.role.name().replace('_', " ");
        [format!("`{id}`"), measured(&recorded.value), role, recorded.source.clone()]
    });
    page.table(["recorded outcome", "value", "use", "source"], recorded.collect());
}

fn measured(value: &Measured) -> String {
    match value {
        Measured::Number(number) => number.to_string(),
        Measured::Fraction(fraction) => fraction.text(),
        Measured::Span(span) => span.text(),
        Measured::YesNo(true) => "yes".to_owned(),
        Measured::YesNo(false) => "no".to_owned(),
        Measured::Dollars(money) => money.text(),
    }
}

fn submodels(page: &mut Page, scenario: &Scenario) {
    page.heading(2, "Submodels");
    let counts = Basis::ALL.iter().map(|basis| {
        let count = scenario.parameters.iter().filter(|note| note.basis == *basis).count();
        format!("{count} {}", basis.name())
    });
    let total = scenario.parameters.len();
    page.paragraph(format!("Of {total} parameters: {}.", counts.collect::<Vec<_>>().join(", ")));
    let schema = Dispositions::schema();
    let off =
        scenario.world.dispositions.off.iter().map(|name| format!("`{}`", name.name())).collect::<Vec<_>>();
    if !off.is_empty() {
        page.paragraph(format!("Switched off: {}.", off.join(", ")));
    }
    for key in Dispositions::KEYS.iter().filter(|key| schema["properties"][**key]["type"] == "object") {
        page.heading(3, format!("`dispositions.{key}`"));
        page.paragraph(schema["properties"][key]["description"].as_str().unwrap_or_default());
        parameters(page, scenario, &format!("dispositions.{key}."));
    }
    page.heading(3, "States");
    parameters(page, scenario, "states.");
    page.heading(3, "Markets");
    parameters(page, scenario, "markets.");
    page.heading(3, "Ladder");
    parameters(page, scenario, "ladder.");
}

/// What a teacher may do with the scenario.
fn in_class(page: &mut Page, teaching: &Teaching) {
    page.heading(2, "In class");
    page.paragraph(format!("Question: {}", teaching.question));
    page.paragraph(format!("What to look for: {}", teaching.look_for));
    page.paragraph(format!("To discuss: {}", teaching.discussion));
}

/// Lists the parameters whose paths begin with `prefix`.
fn parameters(page: &mut Page, scenario: &Scenario, prefix: &str) {
    let row = |note: &ParameterNote| {
        let name = note.path.strip_prefix(prefix)?;
        Some([
            format!("`{name}`"),
            note.value.trim_matches('"').to_owned(),
            note.range.clone(),
            note.basis.name().to_owned(),
            note.doc.clone(),
            note.source.clone(),
        ])
    };
    let rows = scenario.parameters.iter().filter_map(row).collect();
    page.table(["parameter", "value", "range", "basis", "meaning", "source"], rows);
}
