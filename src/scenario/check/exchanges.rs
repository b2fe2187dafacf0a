//! Markets: calendars, noise with a finite variance, futures with their indices, rules that stop prices.

use super::cast::{ids_are_plain, languages};
use super::parts::Parts;
use super::places::{at_most_one, report_calendar, time_zone};
use super::{COUNTRY, Checker, MARKET, Segments, join};
use crate::model::calendar::{Calendar, TradingWeek};
use crate::model::setting::NoiseLaw;
use crate::model::vocabulary::Traded;
use crate::scenario::world_file::{Market, PriceLimit};
use crate::units::{SimTime, UtcTime};
use jiff::civil::Date;

pub(super) fn check(checker: &mut Checker<'_>, parts: &Parts) {
    ids_are_plain(checker, MARKET);
    for (id, market) in &parts.markets {
        let at: Segments<'_> = &["markets", id];
        checker.refer(COUNTRY, &market.country, &join(at, "country"));
        time_zone(checker, &market.time_zone, &join(at, "time_zone"));
        calendar(checker, market, at);
        checker.refer_keys(COUNTRY, &market.revenue, &join(at, "revenue"));
        at_most_one(checker, &market.revenue, &join(at, "revenue"));
        languages(
            checker,
            parts,
            market.languages.iter().map(|language| &***language),
            &join(at, "languages"),
        );
        if let Some(noise) = &market.noise {
            finite(checker, noise.value.law(), &join(at, "noise"));
        }
        future(checker, parts, market, at);
        stops(checker, market, at);
    }
    for (id, index) in &parts.volatility_indices {
        checker.refer(MARKET, &index.market, &["volatility_indices", id, "market"]);
    }
    known(checker, parts);
    before(checker, parts);
    if let Some(shared) = &parts.trading {
        finite(checker, shared.law(), &["dispositions", "trading", "garch_memory"]);
    }
}

/// What the world did before the start are returns by date.
fn before(checker: &mut Checker<'_>, parts: &Parts) {
    let Some(header) = &parts.header else { return };
    let start = jiff::tz::TimeZone::UTC.to_datetime(header.start.timestamp()).date();
    for (key, change) in &header.world_before {
        let at: Segments<'_> = &["scenario", "world_before", key];
        match key.parse::<Date>() {
            Ok(date) if date < start => {}
            Ok(_) => {
                let problem = checker.at_key(at, format!("{key} is not before the start"));
                checker.report(problem.allowed(format!("dates before {start}")).hint(
                    "what happens in the run is drawn; what has another cause is an event with `moves`",
                ));
            }
            Err(_) => {
                let problem = checker.at_key(at, format!("`{key}` is not a date"));
                checker.report(problem.allowed("a date such as `2019-05-03`"));
            }
        }
        if change.get() <= -1.0 {
            let problem = checker.at(at, "a market can't lose more than all");
            checker.report(problem.allowed("returns above -100 %"));
        }
    }
}

fn calendar(checker: &mut Checker<'_>, market: &Market, at: Segments<'_>) {
    let faults = |sessions: &[String], holidays: &[&String]| {
        Calendar::new("UTC", sessions, TradingWeek::MondayFriday, holidays).err()
    };
    if let Some(error) = faults(&market.sessions, &[]) {
        report_calendar(checker, &error, &join(at, "sessions"));
    }
    let day = ["09:00-17:00".to_owned()];
    for (index, holiday) in market.holidays.iter().enumerate() {
        if let Some(error) = faults(&day, &[holiday]) {
            report_calendar(checker, &error, &join(&join(at, "holidays"), &index.to_string()));
        }
    }
}

/// Noise whose shocks never die out has no variance.
fn finite(checker: &mut Checker<'_>, law: NoiseLaw, at: Segments<'_>) {
    let persistence = law.persistence();
    if persistence.is_nan() || persistence >= 1.0 {
        let message =
            format!("the variance of this noise grows without end: its persistence is {persistence:.4}");
        let problem = checker.at(at, message).allowed("shock + leverage·κ + memory below 1");
        checker.report(
            problem.hint("κ is the share of the variance from falls, 0.5 without skew; lower `memory`"),
        );
    }
}

/// A future has an index with a market of its own, which is simulated where it is.
fn future(checker: &mut Checker<'_>, parts: &Parts, market: &Market, at: Segments<'_>) {
    match (market.kind, &market.underlying) {
        (Traded::Future, Some(index)) => {
            checker.refer(MARKET, index, &join(at, "underlying"));
            if parts.markets.get(&**index).is_some_and(|index| index.kind == Traded::Future) {
                let problem =
                    checker.at(&join(at, "underlying"), format!("`{}` is a future itself", &**index));
                checker.report(problem.allowed("a market that is no future"));
            }
            let chosen = parts.header.as_ref().and_then(|header| header.markets.as_ref());
            let has = |id: &str| chosen.is_none_or(|chosen| chosen.iter().any(|one| one.as_str() == id));
            if has(at[1]) && !has(index) {
                let message = format!("`{}` is the future of `{}`, which is not simulated", at[1], &**index);
                let problem = checker.at(&["scenario", "markets"], message);
                checker.report(problem.hint(format!("add `{}`, or leave out `{}`", &**index, at[1])));
            }
        }
        (Traded::Future, None) => {
            let problem = checker.at(at, "a future needs the index that it is of");
            checker.report(problem.hint("add `underlying`, such as `underlying = \"SPX\"`"));
        }
        (_, Some(_)) => {
            let problem = checker.at(&join(at, "underlying"), "only a future has an index");
            checker.report(problem.hint("add `kind = \"future\"`, or leave `underlying` out"));
        }
        (_, None) => {}
    }
}

fn stops(checker: &mut Checker<'_>, market: &Market, at: Segments<'_>) {
    let is_fall = |fall: f64| 0.0 < fall && fall < 1.0;
    if let Some(rule) = &market.breakers {
        let falls: Vec<f64> = rule.pauses.iter().chain(&rule.stop).map(|fall| fall.get()).collect();
        if !falls.iter().all(|fall| is_fall(*fall)) || falls.windows(2).any(|pair| pair[0] >= pair[1]) {
            let problem = checker.at(&join(at, "breakers"), "the falls are not in order");
            checker.report(
                problem.allowed("percentages above 0 % and below 100 %, the smallest first, `stop` last"),
            );
        }
    }
    let is_limit = |rule: &PriceLimit| is_fall(rule.limit.get()) && rule.dispersion.get() > 0.0;
    if !market.price_limit.as_ref().is_none_or(is_limit) {
        let problem = checker.at(&join(at, "price_limit"), "the limit is not a move of a stock");
        checker.report(problem.allowed("`limit` above 0 % and below 100 %, `dispersion` above 0 %"));
    }
}

/// Spans of dates as `known` writes them.
fn spans(market: &Market) -> Vec<Option<(Date, Date)>> {
    let span = |text: &String| {
        let (from, to) = text.split_once("..")?;
        let (from, to) = (from.parse::<Date>().ok()?, to.parse::<Date>().ok()?);
        (from <= to).then_some((from, to))
    };
    market.known.iter().map(span).collect()
}

/// Whether the holidays of a market are known for all dates of the scenario; true where nothing is said of it.
fn is_known(
    checker: &mut Checker<'_>,
    market: &Market,
    at: Segments<'_>,
    (first, last): (Date, Date),
) -> bool {
    let spans = spans(market);
    if let Some(wrong) = spans.iter().position(Option::is_none) {
        let problem =
            checker.at(&join(at, "known"), format!("`{}` is not a span of dates", market.known[wrong]));
        checker.report(problem.allowed("two dates in order, such as `2018-01-01..2019-09-30`"));
        return true;
    }
    spans.is_empty() || spans.iter().flatten().any(|(from, to)| *from <= first && last <= *to)
}

/// Warns where a scenario lasts beyond the dates whose holidays are known.
fn known(checker: &mut Checker<'_>, parts: &Parts) {
    let Some(header) = &parts.header else { return };
    let date = |time: UtcTime| jiff::tz::TimeZone::UTC.to_datetime(time.timestamp()).date();
    let dates = (date(header.start), date(header.start.plus(SimTime::START + *header.horizon)));
    let is_chosen =
        |id: &str| header.markets.as_ref().is_none_or(|chosen| chosen.iter().any(|one| one.as_str() == id));
    let unknown: Vec<String> = parts
        .markets
        .iter()
        .filter(|(id, market)| !is_known(checker, market, &["markets", id], dates) && is_chosen(id))
        .map(|(id, _)| format!("`{id}`"))
        .collect();
    if !unknown.is_empty() {
        let message =
            format!("holidays are not known for all of {} to {}: {}", dates.0, dates.1, unknown.join(", "));
        let problem = checker.at(&["scenario", "start"], message);
        checker.warn(problem.hint(
            "days that are not listed count as trading days; add what you know to `holidays` of the market, and the dates to `known`",
        ));
    }
}
