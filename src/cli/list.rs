//! `list`: the bundled scenarios.

use super::args::{Format, FormatArgs};
use super::failure::Failed;
use super::terminal;
use serde_json::{Value, json};
use twiplomacy::report::json::to_bytes;
use twiplomacy::scenario::file::Header;
use twiplomacy::scenario::{Request, Source, bundled, load};

/// List the bundled scenarios
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  twiplomacy list --format json")]
pub(crate) struct Args {
    #[command(flatten)]
    format: FormatArgs,
}

pub(crate) fn execute(args: &Args) -> Result<(), Failed> {
    let headers = bundled::scenarios()
        .map(|bundled| {
            load(&Request::new(Source::new(bundled.id, bundled.text))).map(|scenario| scenario.file.scenario)
        })
        .collect::<Result<Vec<_>, _>>()
        .map_err(Failed::running)?;
    match args.format.chosen() {
        Format::Table => terminal::print(table(&headers)),
        Format::Json => terminal::print(to_bytes(&headers.iter().map(entry).collect())),
    }
}

fn table(headers: &[Header]) -> String {
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
