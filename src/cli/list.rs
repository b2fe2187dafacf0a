//! `list`: the bundled scenarios, and which claims of the study they show.

use super::failure::Failed;
use super::terminal;
use clap::ValueEnum;
use serde_json::{Value, json};
use twiplomacy::report::json::to_bytes;
use twiplomacy::scenario::file::Header;
use twiplomacy::scenario::{Request, Scenario, Source, bundled, claims, library, load};

/// List the bundled scenarios
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  twiplomacy list --json\n  twiplomacy list --format markdown   (with the question that each asks of a class)\n  twiplomacy list --mechanisms"
)]
pub(crate) struct Args {
    /// Which claims of the study the model has, by which rule and parameter, and which scenarios show them, as Markdown
    #[arg(long, conflicts_with_all = ["format", "json"])]
    mechanisms: bool,

    /// Form of what is printed
    #[arg(long, value_name = "FORM", default_value = "table", conflicts_with = "json")]
    format: Form,

    /// Short for `--format json`
    #[arg(long)]
    json: bool,
}

/// Form of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// For people
    Table,
    /// For programs
    Json,
    /// For people who choose one, with questions and arms
    Markdown,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    if args.mechanisms {
        return terminal::print(claims::page());
    }
    let scenarios: Vec<Scenario> = bundled::scenarios()
        .map(|bundled| load(&Request::new(Source::new(bundled.id, bundled.text))))
        .collect::<Result<_, _>>()
        .map_err(Failed::running)?;
    let headers: Vec<&Header> = scenarios.iter().map(|scenario| &scenario.file.scenario).collect();
    match if args.json { Form::Json } else { args.format } {
        Form::Table => terminal::print(table(&headers)),
        Form::Json => terminal::print(to_bytes(&headers.into_iter().map(entry).collect())),
        Form::Markdown => terminal::print(library::page(&scenarios)),
    }
}

fn table(headers: &[&Header]) -> String {
    let width = headers.iter().map(|header| header.id.len()).max().unwrap_or_default();
    let line = |id: &str, tier: &str, start: &str, horizon: &str, title: &str| {
        format!("{id:width$}  {tier:4}  {start:10}  {horizon:>8}  {title}\n")
    };
    let rows = headers.iter().map(|header| {
        let start = header.start.timestamp().strftime("%Y-%m-%d").to_string();
        let horizon = format!("{} days", header.horizon.as_days());
        line(&header.id, &header.tier.to_string(), &start, &horizon, &header.title)
    });
    line("id", "tier", "start", "horizon", "title") + &rows.collect::<String>()
}

fn entry(header: &Header) -> Value {
    let days = header.horizon.as_days();
    // Whole days, which most are, without a decimal point.
    let days = if days.fract() == 0.0 { json!(days as i64) } else { json!(days) };
    json!({
        "id": *header.id,
        "title": header.title,
        "tier": header.tier,
        "start": header.start.timestamp().to_string(),
        "horizon_days": days,
    })
}
