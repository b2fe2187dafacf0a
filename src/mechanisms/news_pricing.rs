//! News: what an act or a threat would cost each market if all its traders knew.
//!
//! # Exposure
//!
//! Measures that hit country j with severity hⱼ (1 is the reference case of [`crate::scenario::file::Issue`]) move market m by
//!
//! E(m) = −(κ₁ · g(m) · Σⱼ v(m, j) · hⱼ + κ₂ · β(m) · Σⱼ hⱼ · C(j)/C*)
//!
//! with g the share of its weight in sectors that trade goods, v its revenue by country, β its sensitivity to the world factor, C(j)
//! the capitalisation of the markets of country j and C* a reference. The two coefficients κ₁ (direct) and κ₂ (world) are the same
//! for all markets and scenarios; everything else is a sourced figure. What moves against the world (β below 0: gold, the yen, bonds)
//! rises when stocks fall.
//!
//! Where an issue puts peace at stake and not trade, all revenue is hit that is earned where it would be fought, oil rises with the share d
//! of the world's supply that would be held up, and the haven gains with the largest severity:
//!
//! E(m) = −(κₛ · Σⱼ v(m, j) · hⱼ + κ₂ · β(m) · Σⱼ hⱼ · C(j)/C*) + κₒ · o(m) · d + κₕ · s(m) · maxⱼ hⱼ
//!
//! with o the sensitivity to supply and s that to flight to safety.
//!
//! # Credence
//!
//! Traders give the measures of an issue a credence c, which starts at what they expected. A threat (CAMEO 13) raises it to
//! `word`·rank of the speaker, a confirmation to `confirmed`, a deed to `deed`, never lowering it; a cooperative act of weight w about
//! the issue by the state that would be hit hardest lowers it by `relief`·w/10. Where it is taken back by those who would carry it out, the
//! share `withdrawn` of what it stood above expectation stays. Only the change is news: shock = E·Δc. So what was
//! expected does not move prices, and words move them less than deeds. The size of the cascade plays no part here.
//!
//! The denial of a threat takes its credence back, down to what it was before or to what was done or said since without it, if that is
//! more; of the shock that share is no longer priced by traders who know of the denial.
//!
//! The use of an instrument with a bite is a deed of its own: it hits the target with severity `bite` times the target's dependence on
//! the actor over the reference dependence. Instruments used together take away no more than there is: each bites into what the earlier
//! ones of the same state against the same target have left.
//!
//! Doubt, 4c(1 − c), is largest when the matter is open; expected volatility follows it.

use super::Mechanism;
use crate::engine::Agenda;
use crate::model::event::{Act, Cause, Event};
use crate::model::ids::{ActId, CountryId, IssueId, MessageId};
use crate::model::setting::{Issue, Market, Setting};
use crate::model::vocabulary::{Delivery, Stage, Stakes};
use crate::model::world::{Message, News, Open, Origin, Retraction, World};
use crate::text::params;
use crate::units::{Fraction, Money, NonNegative, Probability, SimTime};

/// CAMEO root of threats.
const THREATEN: &str = "13";

params! {
    /// Parameters of news.
    pub struct Params {
        /// κ₁: fall of a market all of whose weight trades goods and earns all its revenue where the reference measures hit.
        direct: Fraction,
        /// κ₂: fall of a market of β = 1 when the reference measures hit an economy of the reference capitalisation.
        world: Fraction,
        /// κₛ: fall of a market that earns all its revenue where a war would be fought.
        security: Fraction,
        /// κₒ: rise of the price of oil for a share of its supply that is held up, over that share.
        supply: NonNegative,
        /// κₕ: rise of the haven at the risk of a war of severity 1.
        haven: Fraction,
        /// C*: capitalisation of the reference economy.
        reference_capitalisation: Money,
        /// Dependence of a state on another at which measures have severity 1.
        reference_dependence: Probability,
        /// Credence in a threat by a speaker of the highest rank.
        word: Probability,
        /// Credence after a confirmation.
        confirmed: Probability,
        /// Credence after the deed.
        deed: Probability,
        /// Fall of credence at an act of weight +10 by the state that would be hit.
        relief: NonNegative,
        /// Share of the credence above expectation that stays when a threat is taken back.
        withdrawn: Probability,
    }
}

/// The rule.
#[derive(Debug)]
pub struct NewsPricing {
    params: Params,
    /// E(m) by issue.
    exposures: Vec<Vec<f64>>,
    /// Capitalisation of the markets of each country.
    capitalisations: Vec<f64>,
    /// What was said on issues in this run.
    claims: Vec<Claim>,
}

/// Something said or done on an issue.
#[derive(Debug, Clone, Copy)]
struct Claim {
    issue: IssueId,
    topic: MessageId,
    /// Credence before it, and that which it stands for.
    before: f64,
    level: f64,
    /// Position of its news; none if it was no surprise.
    news: Option<usize>,
    is_denied: bool,
}

/// News before it is known what it does to prices.
#[derive(Debug, Clone, Copy)]
struct Shell {
    time: SimTime,
    topic: MessageId,
    rank: f64,
}

impl Shell {
    fn with(self, shocks: Vec<f64>) -> News {
        News { time: self.time, topic: Some(self.topic), rank: self.rank, shocks, denied: None }
    }
}

impl NewsPricing {
    /// Sets up the rule.
    pub fn new(params: &Params, setting: &Setting) -> Self {
        let in_country = |country: CountryId| -> f64 {
            let markets = setting.markets.iter().filter(|market| market.country == country);
            markets.map(|market| market.capitalisation).sum()
        };
        let capitalisations: Vec<f64> =
            (0..setting.countries.len()).map(CountryId::new).map(in_country).collect();
        let mut rule =
            Self { params: params.clone(), exposures: Vec::new(), capitalisations, claims: Vec::new() };
        let of_issue =
            |issue: &Issue| setting.markets.iter().map(|market| rule.at_stake(market, issue)).collect();
        rule.exposures = setting.issues.iter().map(of_issue).collect();
        rule
    }

    /// E(m) of an issue.
    fn at_stake(&self, market: &Market, issue: &Issue) -> f64 {
        match issue.stakes {
            Stakes::Trade => self.exposure(market, &issue.hits),
            Stakes::Security => {
                let worst = issue.hits.iter().map(|(_, severity)| *severity).fold(0.0, f64::max);
                let fall = self.params.security.get() * earned(market, &issue.hits)
                    + self.of_the_world(market, &issue.hits);
                let oil = self.params.supply.get() * market.supply * issue.disruption;
                oil + self.params.haven.get() * market.haven * worst - fall
            }
        }
    }

    /// E(m): log return of `market` if measures of these severities against trade were certain.
    fn exposure(&self, market: &Market, hits: &[(CountryId, f64)]) -> f64 {
        -(self.params.direct.get() * market.tradable * earned(market, hits) + self.of_the_world(market, hits))
    }

    /// The part of a fall that comes by the world factor.
    fn of_the_world(&self, market: &Market, hits: &[(CountryId, f64)]) -> f64 {
        let reference = self.params.reference_capitalisation.get().max(1.0);
        let economies =
            hits.iter().map(|&(country, severity)| severity * self.capitalisations[country.idx()]);
        self.params.world.get() * market.beta * economies.sum::<f64>() / reference
    }

    /// Moves the credence in an issue to `credence`; the change is news.
    fn revise(&mut self, issue: IssueId, credence: f64, news: Shell, world: &mut World<'_>) {
        let change = credence - world.credence[issue.idx()];
        if change == 0.0 || world.setting.issues[issue.idx()].hits.is_empty() {
            return;
        }
        self.set_credence(issue, credence, world);
        let shocks = self.exposures[issue.idx()].iter().map(|exposure| exposure * change).collect();
        world.news.push(news.with(shocks));
    }

    fn set_credence(&self, issue: IssueId, credence: f64, world: &mut World<'_>) {
        world.credence[issue.idx()] = credence;
        let doubt = 4.0 * credence * (1.0 - credence);
        let stakes = self.exposures[issue.idx()].iter().map(|exposure| exposure.abs()).collect();
        world.open[issue.idx()] = Open { doubt, stakes };
    }

    /// Raises the credence in an issue to `level`, if it is below, and remembers why.
    fn claim(&mut self, issue: IssueId, level: f64, news: Shell, world: &mut World<'_>) {
        let before = world.credence[issue.idx()];
        let n_news = world.news.len();
        self.revise(issue, level.max(before), news, world);
        let news_idx = (world.news.len() > n_news).then_some(n_news);
        let (topic, is_denied) = (news.topic, false);
        self.claims.push(Claim { issue, topic, before, level, news: news_idx, is_denied });
    }

    /// Takes back what `message` claimed, since `denial` denies it.
    fn retract(&mut self, message: MessageId, denial: MessageId, world: &mut World<'_>) {
        let Message { posted: time, voice, delivery, .. } = *world.message(denial);
        if delivery != Delivery::Public {
            return;
        }
        let rank = world.setting.rank(voice);
        for idx in 0..self.claims.len() {
            let claim = self.claims[idx];
            if claim.topic != message || claim.is_denied {
                continue;
            }
            self.claims[idx].is_denied = true;
            let Some(news) = claim.news else { continue };
            let since =
                self.claims[idx + 1..].iter().filter(|other| other.issue == claim.issue && !other.is_denied);
            let standing = since.map(|other| other.level).fold(claim.before, f64::max);
            let now = world.credence[claim.issue.idx()];
            let credence = standing.min(now);
            let share = ((now - credence) / (claim.level - claim.before)).clamp(0.0, 1.0);
            world.news[news].denied = Some(Retraction { time, topic: denial, rank, share });
            self.set_credence(claim.issue, credence, world);
            if self.claims.iter().all(|other| other.issue != claim.issue || other.is_denied) {
                // The matter is closed: doubt is what it was before anybody spoke of it.
                world.open[claim.issue.idx()] = Open::default();
            }
        }
    }

    fn hear_message(&mut self, id: MessageId, world: &mut World<'_>) {
        let message = world.message(id);
        if message.delivery != Delivery::Public {
            return;
        }
        let Origin::Script(script) = message.origin else { return };
        let is_threat = world.setting.codes[message.code.idx()].code.starts_with(THREATEN);
        let implied = is_threat.then_some(Stage::Word);
        let Some(stage) = world.setting.script.messages[script.idx()].stage.or(implied) else { return };
        let rank = world.setting.rank(message.voice);
        let (issue, news) = (message.issue, Shell { time: message.posted, topic: id, rank });
        self.become_real(issue, stage, news, world);
    }

    fn hear_act(&mut self, id: ActId, topic: MessageId, world: &mut World<'_>) {
        let act = &world.acts[id.idx()].clone();
        let news = Shell { time: act.time, topic, rank: 1.0 };
        let before = world.credence[act.issue.idx()];
        let stage = match act.cause {
            Cause::Script(script) => world.setting.script.acts[script.idx()].stage,
            Cause::Message(_) | Cause::Act(_) | Cause::Recognition(_) => None,
        };
        let weight = world.setting.codes[act.code.idx()].weight.get();
        let would_be_hit = is_hit_hardest(act, world.setting);
        if let Some(stage) = stage {
            self.become_real(act.issue, stage, news, world);
        } else if weight > 0.0 && would_be_hit {
            let credence = (before - self.params.relief.get() * weight / 10.0).max(0.0);
            self.revise(act.issue, credence, news, world);
        } else if let Some(instrument) = act.instrument {
            let bite = world.setting.instruments[instrument.idx()].bite;
            if bite > 0.0 {
                let blow = self.blow(act, bite * left_by_earlier(id, act, world), news, world.setting);
                world.news.push(blow);
            }
        }
    }

    /// News of an instrument used: a deed that nobody expected.
    fn blow(&self, act: &Act, bite: f64, news: Shell, setting: &Setting) -> News {
        let dependence = setting.dyad(act.target, act.actor).dependence;
        let severity = bite * dependence / self.params.reference_dependence.get().max(f64::MIN_POSITIVE);
        let hits = [(setting.states[act.target.idx()].country, severity)];
        let deed = self.params.deed.get();
        news.with(setting.markets.iter().map(|market| deed * self.exposure(market, &hits)).collect())
    }

    /// Credence after somebody of a rank has made an issue's measures more or less real.
    fn become_real(&mut self, issue: IssueId, stage: Stage, news: Shell, world: &mut World<'_>) {
        let level = match stage {
            Stage::Word => self.params.word,
            Stage::Confirmed => self.params.confirmed,
            Stage::Deed => self.params.deed,
            Stage::Withdrawn => {
                let expected = world.setting.issues[issue.idx()].expected;
                let above = (world.credence[issue.idx()] - expected).max(0.0);
                let taken_back = (1.0 - self.params.withdrawn.get()) * news.rank * above;
                let credence = world.credence[issue.idx()] - taken_back;
                return self.revise(issue, credence, news, world);
            }
        };
        self.claim(issue, level.get() * news.rank, news, world);
    }
}

/// Revenue of a market, weighed by how hard it is hit.
fn earned(market: &Market, hits: &[(CountryId, f64)]) -> f64 {
    let severity = |country: CountryId| {
        hits.iter().find(|(hit, _)| *hit == country).map_or(0.0, |(_, severity)| *severity)
    };
    market.revenue.iter().map(|&(country, share)| share * severity(country)).sum()
}

/// Whether the measures of the issue would hit no country harder than that of the state that acts.
fn is_hit_hardest(act: &Act, setting: &Setting) -> bool {
    let country = setting.states[act.actor.idx()].country;
    let hits = &setting.issues[act.issue.idx()].hits;
    let hardest = hits.iter().map(|(_, severity)| *severity).fold(0.0, f64::max);
    hits.iter().any(|(hit, severity)| *hit == country && *severity > 0.0 && *severity >= hardest)
}

/// Share of what `act` could bite into that earlier instruments have left.
fn left_by_earlier(id: ActId, act: &Act, world: &World<'_>) -> f64 {
    let same_pair = |other: &&Act| (other.actor, other.target) == (act.actor, act.target);
    let earlier = world.acts[..id.idx()].iter().filter(same_pair);
    let bites =
        earlier.filter_map(|other| other.instrument).map(|tool| world.setting.instruments[tool.idx()].bite);
    bites.map(|bite| 1.0 - bite).product()
}

impl Mechanism for NewsPricing {
    fn begin(&mut self, _world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        self.claims.clear();
    }

    fn react(&mut self, event: &Event, world: &mut World<'_>, _agenda: &mut Agenda<Event>) {
        let id = match *event {
            Event::MessagePosted(id) => id,
            Event::MessageDenied { message, denial } => return self.retract(message, denial, world),
            _ => return,
        };
        match world.message(id).origin {
            Origin::Script(_) => self.hear_message(id, world),
            // An act reaches traders by its announcement.
            Origin::Act(act) => self.hear_act(act, id, world),
            Origin::Coverage { .. } => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, A, B, SANCTION, THREATEN as THREAT, TRADE};
    use crate::model::ids::{InstrumentId, RungId};

    fn rule(setting: &Setting) -> NewsPricing {
        let p = Probability::clamped;
        let params = Params {
            direct: Fraction::clamped(0.10),
            world: Fraction::clamped(0.01),
            security: Fraction::clamped(0.05),
            supply: NonNegative::clamped(0.5),
            haven: Fraction::clamped(0.03),
            reference_capitalisation: Money::clamped(2e12),
            reference_dependence: p(0.1),
            word: p(0.5),
            confirmed: p(0.8),
            deed: p(1.0),
            relief: NonNegative::clamped(0.2),
            withdrawn: p(0.25),
        };
        NewsPricing::new(&params, setting)
    }

    /// E = −(0.10·0.5·0.8·1 + 0.01·1·1·1e12/2e12) = −0.045.
    const EXPOSURE: f64 = -0.045;

    #[test]
    fn a_threat_moves_credence_by_rank_and_only_the_surprise_is_news() {
        let setting = fixture::setting();
        let mut rule = rule(&setting);
        let mut bench = Bench::new(&setting, 0);
        let threat = Message { code: THREAT, heard_as: None, ..fixture::appeal(SimTime::START) };
        bench.post(threat.clone(), &mut rule);
        // The minister's rank is 0.8, the threat was expected with 0.1.
        let shock = bench.world.news[0].shocks[0];
        assert!((shock - EXPOSURE * (0.5 * 0.8 - 0.1)).abs() < 1e-12, "{shock}");
        assert!((bench.world.open[0].doubt - 4.0 * 0.4 * 0.6).abs() < 1e-12);
        bench.post(threat, &mut rule);
        assert_eq!(bench.world.news.len(), 1, "the same threat again is no news");
    }

    #[test]
    fn an_appeal_a_private_threat_and_a_threat_about_nothing_move_no_price() {
        let mut setting = fixture::setting();
        setting.issues[0].hits.clear();
        let quiet = fixture::setting();
        let threat = Message { code: THREAT, ..fixture::appeal(SimTime::START) };
        let cases = [
            (&quiet, fixture::appeal(SimTime::START)),
            (&quiet, Message { delivery: Delivery::Private, ..threat.clone() }),
            (&setting, threat),
        ];
        for (setting, message) in cases {
            let mut bench = Bench::new(setting, 0);
            bench.post(message, &mut rule(setting));
            assert!(bench.world.news.is_empty());
        }
    }

    /// E of the market = −(0.05·0.8·1 + 0.01·1·1e12/2e12) = −0.045 by chance the same; oil: 0.5·1·0.2 − 0 = 0.1; gold: 0.03 and no more,
    /// since it earns nothing there and does not follow the world.
    #[test]
    fn where_peace_is_at_stake_all_who_earn_there_fall_and_oil_and_the_haven_rise() {
        let mut setting = fixture::setting();
        setting.issues[0].stakes = Stakes::Security;
        setting.issues[0].disruption = 0.2;
        let quiet =
            Market { revenue: Vec::new(), beta: 0.0, capitalisation: 0.0, ..setting.markets[0].clone() };
        setting.markets.push(Market { supply: 1.0, ..quiet.clone() });
        setting.markets.push(Market { haven: 1.0, ..quiet.clone() });
        setting.markets.push(Market { beta: -1.0, ..quiet });
        let rule = rule(&setting);
        for (market, expected) in rule.exposures[0].iter().zip([-0.045, 0.1, 0.03, 0.005]) {
            assert!((market - expected).abs() < 1e-12, "{:?}", rule.exposures[0]);
        }
    }

    #[test]
    fn what_is_taken_back_leaves_a_part_of_the_credence_above_expectation() {
        let mut setting = fixture::setting();
        let mut rule = rule(&setting);
        setting.script.messages[0].stage = Some(Stage::Withdrawn);
        let mut bench = Bench::new(&setting, 0);
        let threat = Message { code: THREAT, heard_as: None, ..fixture::appeal(SimTime::START) };
        bench.world.credence[0] = 0.6;
        bench.post(threat, &mut rule);
        // Expected 0.1, so 0.5 above it, of which the minister of rank 0.8 takes back three quarters of 0.8.
        let left = 0.6 - 0.75 * 0.8 * 0.5;
        assert!((bench.world.credence[0] - left).abs() < 1e-12, "{}", bench.world.credence[0]);
        assert!((bench.world.news[0].shocks[0] - EXPOSURE * (left - 0.6)).abs() < 1e-12, "prices recover");
    }

    fn announce(bench: &mut Bench<'_>, act: Act, rule: &mut NewsPricing) {
        let id = bench.world.take(act).unwrap();
        bench.post(
            Message { origin: Origin::Act(id), author: Some(act.actor), ..fixture::appeal(SimTime::START) },
            rule,
        );
    }

    fn blow(instrument: u16, key: u32) -> Act {
        Act {
            time: SimTime::START,
            actor: A,
            target: B,
            code: SANCTION,
            instrument: Some(InstrumentId(instrument)),
            rung: TRADE,
            issue: IssueId(0),
            cause: Cause::Message(MessageId(0)),
            key,
        }
    }

    /// Severity 0.05/0.1 = 0.5 at full bite; the freeze bites 0.4, the tariff then takes all of the 0.6 left.
    #[test]
    fn instruments_together_take_away_no_more_than_there_is() {
        let setting = fixture::setting();
        let mut rule = rule(&setting);
        let mut bench = Bench::new(&setting, 0);
        announce(&mut bench, blow(1, 1), &mut rule);
        announce(&mut bench, blow(2, 2), &mut rule);
        announce(&mut bench, blow(1, 3), &mut rule);
        let shocks: Vec<f64> = bench.world.news.iter().map(|news| news.shocks[0]).collect();
        for (shock, part) in shocks.iter().zip([0.4, 0.6, 0.0]) {
            assert!((shock - EXPOSURE * 0.5 * part).abs() < 1e-12, "{shocks:?}");
        }
    }

    #[test]
    fn good_will_of_the_state_that_would_be_hit_lowers_credence_but_not_below_zero() {
        let setting = fixture::setting();
        let mut rule = rule(&setting);
        let mut bench = Bench::new(&setting, 0);
        let mediation = Act {
            actor: B,
            target: A,
            code: fixture::MEDIATE,
            instrument: None,
            rung: RungId::NONE,
            ..blow(0, 9)
        };
        announce(&mut bench, mediation, &mut rule);
        announce(&mut bench, Act { key: 10, ..mediation }, &mut rule);
        assert!(
            (bench.world.news[0].shocks[0] + EXPOSURE * 0.1).abs() < 1e-12,
            "a gain of what was expected"
        );
        assert_eq!((bench.world.news.len(), bench.world.credence[0]), (1, 0.0));
        assert_eq!(bench.world.acts.len(), usize::from(ActId(2).0));
    }
}
