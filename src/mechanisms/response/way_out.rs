//! Ways out: a state that does not answer in kind may offer the other one.
//!
//! Once acts or measures have passed between two states, one that hears from the other and chooses no hostile answer says something
//! conciliatory with probability expit(ζ),
//!
//! ζ = `way_out` + `danger`·(highest rung between the two)/(top of the ladder) + `reciprocity`·b + `dependence`·D
//! − `face`·\[hit harder than it has hit\] − `commitment`·\[has threatened, and not struck back\],
//!
//! The propensity of a state, its readiness to retaliate, has no part in it: no record says that those who strike sooner talk sooner or later.
//! b is how far it believes the best conciliatory word of the other since the last hostile act: the intent inferred over the weight
//! of the act, 0 to 1. It does so once after each hostile act of either side, so an offer that finds no echo is not repeated.
//!
//! What it says is drawn among a statement that all is well or over (CAMEO 013), a telephone call (041), readiness to meet (036) and an apology
//! (055), with the weights exp(−`concession`·w/10), w being what the act concedes, its Goldstein weight. Whoever has paid back in the same coin
//! loses no face by any of them, so their weights are then equal but for the apology, which a state that has just struck does not
//! make.
//!
//! The words are public, and all else follows as from any message: the other's tension falls by what it believes, what it has prepared may be
//! given up, markets take relief.
//!
//! That leaders look for a way out that saves face as a crisis nears its brink, and that those committed before their own public find it
//! harder, is the common ground of studies of crisis bargaining (Snyder & Diesing 1977; Fearon 1994), that one conciliatory step draws
//! another that of Osgood (1962) on graduated reciprocation; all general knowledge, without an estimate of the sizes.

use super::{Response, has_paid_back};
use crate::engine::streams::{Purpose, Subject};
use crate::model::event::{Act, Cause};
use crate::model::ids::{CodeId, MessageId, RungId, StateId};
use crate::model::vocabulary::Delivery;
use crate::model::world::World;
use crate::stats::logit::expit;
use crate::units::SimTime;

const OFFER: Purpose = Purpose::new("response way out");
const WORDS: Purpose = Purpose::new("response way out words");

/// CAMEO: comments optimistically; telephones; says that it will meet or negotiate.
const WORDS_OF_PEACE: [&str; 3] = ["013", "041", "036"];
/// CAMEO: apologises.
const APOLOGY: &str = "055";

/// What has passed between two states, as one of them sees it.
#[derive(Debug, Clone, Copy)]
struct Quarrel {
    /// Highest rung that the state itself has used, and the other.
    own: RungId,
    other: RungId,
    /// The last hostile act of either.
    last: SimTime,
}

impl Response {
    /// What `state` says to `other` to end their quarrel after it has thought about `id` and decided against an answer in kind; mostly nothing.
    pub(super) fn way_out(
        &self,
        state: StateId,
        other: StateId,
        id: MessageId,
        now: SimTime,
        world: &World<'_>,
    ) -> Option<CodeId> {
        let quarrel = quarrel(state, other, world)?;
        if world.message(id).target != Some(state) || has_offered(state, other, quarrel.last, world) {
            return None;
        }
        let setting = world.setting;
        let is_even = has_paid_back(state, other, quarrel.other, world);
        let is_behind = quarrel.other > quarrel.own && setting.ladder[quarrel.other.idx()].package.is_some();
        let top = (setting.ladder.len().saturating_sub(1)).max(1) as f64;
        let params = &self.params;
        let log_odds = params.way_out
            + params.danger.get() * quarrel.own.max(quarrel.other).idx() as f64 / top
            + params.reciprocity.get() * believed(state, other, quarrel.last, world)
            + params.dependence.get() * setting.dyad(state, other).dependence
            - if is_behind { params.face.get() } else { 0.0 }
            - if !is_even && self.has_committed(state, other, now, world) {
                params.commitment.get()
            } else {
                0.0
            };
        let subject = Subject::new(setting.states[state.idx()].key, world.message(id).key);
        if world.key.uniform(OFFER, subject) >= expit(log_odds) {
            return None;
        }
        let code = |name: &str| setting.codes.iter().position(|code| code.code == name).map(CodeId::new);
        let concession = if is_even { 0.0 } else { params.concession.get() };
        let weight = |code: CodeId| libm::exp(-concession * setting.codes[code.idx()].weight.get() / 10.0);
        let apology = code(APOLOGY).filter(|_| !is_even);
        let words: Vec<(CodeId, f64)> = WORDS_OF_PEACE
            .iter()
            .filter_map(|name| code(name))
            .chain(apology)
            .map(|code| (code, weight(code)))
            .collect();
        let total: f64 = words.iter().map(|(_, weight)| weight).sum();
        let mut mark = world.key.uniform(WORDS, subject) * total;
        let drawn = words.iter().find(|(_, weight)| {
            mark -= weight;
            mark < 0.0
        });
        drawn.map(|(code, _)| *code)
    }
}

/// The diplomatic acts of `from` towards `to`.
fn acts<'w>(from: StateId, to: StateId, world: &'w World<'_>) -> impl Iterator<Item = &'w Act> {
    world.acts.iter().filter(move |act| (act.actor, act.target) == (from, to))
}

fn weight(act: &Act, world: &World<'_>) -> f64 {
    world.setting.codes[act.code.idx()].weight.get()
}

/// What has passed between two states; `None` as long as neither has used a hostile act.
fn quarrel(state: StateId, other: StateId, world: &World<'_>) -> Option<Quarrel> {
    let rung = |act: &Act| act.rung.max(world.setting.codes[act.code.idx()].rung);
    let highest = |from, to| acts(from, to, world).map(rung).max().unwrap_or(RungId::NONE);
    let hostile = acts(state, other, world).chain(acts(other, state, world));
    let last = hostile.filter(|act| weight(act, world) < 0.0).map(|act| act.time).max()?;
    Some(Quarrel { own: highest(state, other), other: highest(other, state), last })
}

/// Whether `state` has made a conciliatory choice towards `other` since `last`.
fn has_offered(state: StateId, other: StateId, last: SimTime, world: &World<'_>) -> bool {
    acts(state, other, world)
        .any(|act| act.time >= last && weight(act, world) > 0.0 && matches!(act.cause, Cause::Message(_)))
}

/// How far `state` believes the most believable conciliatory message of `other` since `last`, 0 to 1.
fn believed(state: StateId, other: StateId, last: SimTime, world: &World<'_>) -> f64 {
    let heard =
        world.hearings.iter().filter(|hearing| hearing.state == state && hearing.understood.is_some());
    let belief = heard.filter_map(|hearing| {
        let message = world.message(hearing.message);
        let meant = world.setting.codes[message.code.idx()].weight.get();
        let counts = message.author == Some(other)
            && message.posted >= last
            && meant > 0.0
            && message.delivery != Delivery::Unsent;
        counts.then(|| (world.intent(state, hearing.message) / meant).clamp(0.0, 1.0))
    });
    belief.fold(0.0, f64::max)
}
