//! Who knows: the part of a piece of news that the traders of a market have priced.
//!
//! Institutions (share I of turnover) know it after an exponential time with mean `terminal`; private traders know it if they saw it on the
//! platform, or by the press in a language they read (mean time `press` after the first report), or by hearsay (mean time `hearsay`),
//! whichever is first. Those who come to know trade, and a flow Q moves the price by a power of it, I(Q) ∝ Q^δ with δ near one half (the
//! square-root law): when the share K knows, the share K^δ of the news is priced. A quarter of the traders make half of the move.
//!
//! Of news that was denied they price what is left when the share of them who know of the denial, by the same ways and with the same
//! impact, is taken away: who knows of both moves no price.

use super::Params;
use crate::model::ids::{MarketId, MessageId};
use crate::model::setting::Market;
use crate::model::world::{News, Origin, World};
use crate::units::SimTime;

/// What there is to know for traders: when it broke, in which message, from how high a speaker.
#[derive(Debug, Clone, Copy)]
struct Report {
    time: SimTime,
    topic: Option<MessageId>,
    rank: f64,
}

/// The part of all of `news` that the traders of a market have priced at `now`, as a log return.
pub(super) fn priced<'n>(
    id: MarketId,
    news: impl Iterator<Item = &'n News>,
    now: SimTime,
    params: &Params,
    world: &World<'_>,
) -> f64 {
    let part = |news: &News| {
        let shock = news.shocks[id.idx()];
        if shock == 0.0 {
            return 0.0;
        }
        let report = Report { time: news.time, topic: news.topic, rank: news.rank };
        let believed = news.denied.map_or(1.0, |denied| {
            let report = Report { time: denied.time, topic: Some(denied.topic), rank: denied.rank };
            1.0 - denied.share * impact(id, report, now, params, world)
        });
        shock * impact(id, report, now, params, world) * believed
    };
    news.map(part).sum()
}

/// Share of a report that is priced.
fn impact(id: MarketId, report: Report, now: SimTime, params: &Params, world: &World<'_>) -> f64 {
    libm::pow(known_share(id, report, now, params, world), params.impact.get())
}

/// Share of turnover by those who know.
fn known_share(id: MarketId, news: Report, now: SimTime, params: &Params, world: &World<'_>) -> f64 {
    let market = &world.setting.markets[id.idx()];
    let after = |since: SimTime, mean_ms: f64| {
        let passed = now.since(since).as_ms().max(0) as f64;
        -libm::expm1(-passed / mean_ms.max(1.0))
    };
    let terminal = params.terminal.as_ms() as f64 / news.rank.max(0.05);
    let institutions = after(news.time, terminal);
    let hearsay = after(news.time, params.hearsay.as_ms() as f64);
    let (platform, press) = news.topic.map_or((0.0, 0.0), |topic| {
        let reported = first_report(topic, market, world);
        (seen_in(market, topic, world), reported.map_or(0.0, |time| after(time, params.press.as_ms() as f64)))
    });
    let private = 1.0 - (1.0 - hearsay) * (1.0 - platform) * (1.0 - press);
    market.institutions * institutions + (1.0 - market.institutions) * private
}

/// When the topic was first reported in a language that private traders of the market read.
fn first_report(topic: MessageId, market: &Market, world: &World<'_>) -> Option<SimTime> {
    let is_report = |origin: Origin| matches!(origin, Origin::Coverage { about, .. } if about == topic);
    let report = world
        .messages
        .iter()
        .find(|message| is_report(message.origin) && message.languages.meets(market.languages));
    report.map(|message| message.posted)
}

/// Share of the country's users that saw the message itself.
fn seen_in(market: &Market, topic: MessageId, world: &World<'_>) -> f64 {
    let publics = world.publics_of(market.country);
    let seen: f64 = publics
        .iter()
        .map(|&public| world.setting.publics[public.idx()].n_real * world.spread(topic).seen_share(public))
        .sum();
    seen / world.setting.countries[market.country.idx()].n_users
}
