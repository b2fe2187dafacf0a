//! Bots: a swarm shares what it is told to within seconds, and reads nothing.
//!
//! # Rule
//!
//! Bot i of a swarm of N shares a target message `start` + T after it was posted, T exponential with mean `delay`, and again
//! θ − 1 times, each an exponential time with mean `pause` after the last (*flooding*). Each post is a plain repost of the original: it
//! counts as a share, is an impression on every follower each time, and is new to them the first time. A human of the public in which
//! the swarm poses follows a given bot with probability γ (*infiltration*), so d = γ·n of its n members do, whom the run draws for each
//! bot; they read and share by the rule of everybody else. Bots share nothing that they have not been told to, and add no appeal of
//! their own. Once a swarm is removed, nothing that its accounts posted can be seen; what humans shared from them stays theirs.
//!
//! The tactics are those of `SimSoM` (Truong et al. 2024: γ = 0.01, θ = 1, appeal of bots' posts φ = 0; the size of a swarm over the members of
//! its public is their β = 0.05). That bots come in the first seconds is measured (Shao et al. 2018; there 6 % of accounts posted 31 % of
//! low-credibility tweets: seven times as many each as a human, which is θ here).
//!
//! No list of the network knows of bots: their accounts have ids behind all others, and their followers are picked by key.

use super::Mechanism;
use crate::engine::Agenda;
use crate::engine::streams::{Purpose, Subject, key_from};
use crate::model::cascade::Frame;
use crate::model::event::{Event, Showing};
use crate::model::ids::{AccountId, MessageId};
use crate::model::platform::{Audience, Crowd, Swarm, SwarmTarget};
use crate::model::timeline::{EntryKind, TimelineEntry};
use crate::model::vocabulary::Delivery;
use crate::model::world::{Origin, World};
use crate::text::params;
use crate::units::{NonNegative, Probability, SimTime, TimeSpan};

const DELAY: Purpose = Purpose::new("bots delay");
const FOLLOWERS: Purpose = Purpose::new("bots followers");

params! {
    /// Parameters of bots.
    pub struct Params {
        /// γ: probability that a member of the public in which bots pose follows a given bot, where the scenario does not say.
        infiltration: Probability,
        /// θ: posts that a bot makes of a message, where the scenario does not say; rounded to a whole number of at least 1.
        flooding: NonNegative,
        /// Mean time until a bot shares.
        delay: TimeSpan,
        /// Mean time between two posts of a bot that floods.
        pause: TimeSpan,
    }
}

/// The rule.
#[derive(Debug)]
pub struct Bots {
    params: Params,
}

impl Bots {
    /// Sets up the rule.
    pub fn new(params: &Params) -> Self {
        Self { params: params.clone() }
    }

    /// Sends the bots out to whom `id` is a target.
    fn send_out(&self, id: MessageId, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let message = world.message(id);
        let (Origin::Script(script), Delivery::Public) = (message.origin, message.delivery) else { return };
        let (issue, setting, now) = (message.issue, world.setting, agenda.now());
        for (idx, swarm) in setting.script.platform.swarms.iter().enumerate() {
            let is_target = match swarm.target {
                SwarmTarget::Message(target) => target == script,
                SwarmTarget::Issue(target) => target == issue,
            };
            if !is_target || world.visibility.is_silenced(swarm.first) {
                continue;
            }
            for bot in 0..swarm.size {
                let time = now + swarm.start + self.wait(swarm, id, (bot, 0), world);
                agenda.schedule(time, Event::BotDue { swarm: idx as u16, message: id, bot, round: 0 });
            }
            world.facts.push_back(Event::SwarmSetOut { swarm: idx as u16, message: id });
            world.note(|world| TimelineEntry {
                time: now,
                kind: EntryKind::Bots,
                id: format!("bots:{}:{}", swarm.id, world.name_of(id)),
                actor: swarm.id.clone(),
                cause: Some(world.name_of(id)),
                text: format!("{} bots set out to share {}", swarm.size, world.name_of(id)),
            });
        }
    }

    /// Time until a bot posts for the first time, or from one post to the next.
    fn wait(&self, swarm: &Swarm, id: MessageId, (bot, round): (u32, u32), world: &World<'_>) -> TimeSpan {
        let mean = if round == 0 { self.params.delay } else { self.params.pause };
        let subject = Subject::new(key_from(swarm.key, bot), world.message(id).key).part(round);
        TimeSpan::from_ms((mean.as_ms() as f64 * world.key.stream(DELAY, subject).exponential()) as i64)
    }

    fn post(
        &self,
        (idx, bot, round): (u16, u32, u32),
        id: MessageId,
        world: &mut World<'_>,
        agenda: &mut Agenda<Event>,
    ) {
        let swarm = &world.setting.script.platform.swarms[usize::from(idx)];
        let account = AccountId(swarm.first.0 + bot);
        if world.visibility.is_silenced(account) || world.is_withdrawn(id) {
            return;
        }
        let node = world.spread_mut(id).cascade.add(account, 0, agenda.now(), Frame::AsIntended, 1.0);
        let audience = Audience::Crowd(crowd_of(swarm, bot, world));
        let showing = Showing { message: id, node, audience, round, is_new: round == 0, share: 1.0 };
        agenda.schedule(agenda.now(), Event::ShowingDue(Box::new(showing)));
        let posts = swarm.flooding.unwrap_or(self.params.flooding.get().round() as u32);
        if round + 1 < posts {
            let time = agenda.now() + self.wait(swarm, id, (bot, round + 1), world);
            agenda.schedule(time, Event::BotDue { swarm: idx, message: id, bot, round: round + 1 });
        }
    }
}

/// Simulated followers of a bot: as many as stand for its real ones, the fraction being settled by a coin.
fn crowd_of(swarm: &Swarm, bot: u32, world: &World<'_>) -> Crowd {
    let slice = &world.setting.network.publics()[swarm.public.idx()];
    // Who follows a bot stays the same for the whole run.
    let mut stream = world.key_since(SimTime::START).stream(FOLLOWERS, Subject::new(swarm.key, bot));
    let expected = swarm.followers / slice.weight;
    let size = (expected + stream.uniform()).floor() as u32;
    Crowd::drawn(swarm.public, slice, size, [stream.word(), stream.word()])
}

impl Mechanism for Bots {
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        match *event {
            Event::MessagePosted(id) => self.send_out(id, world, agenda),
            Event::BotDue { swarm, message, bot, round } => {
                self.post((swarm, bot, round), message, world, agenda);
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mechanisms::Bench;
    use crate::model::fixture::{self, CITIZENS_B};
    use crate::model::ids::{IssueId, ScriptId};
    use crate::model::setting::Setting;

    fn rule() -> Bots {
        Bots::new(&Params {
            infiltration: Probability::clamped(0.01),
            flooding: NonNegative::clamped(1.0),
            delay: TimeSpan::from_secs(10),
            pause: TimeSpan::from_secs(600),
        })
    }

    /// 300 bots with 500 real followers each among the citizens of B, of whom a simulated one stands for 20.
    fn with_swarm(flooding: Option<u32>, target: SwarmTarget) -> Setting {
        let mut setting = fixture::setting();
        setting.script.platform.swarms.push(Swarm {
            id: "swarm".to_owned(),
            key: 77,
            first: AccountId(setting.network.n_accounts()),
            size: 300,
            target,
            public: CITIZENS_B,
            followers: 510.0,
            flooding,
            start: TimeSpan::from_secs(60),
            removed: None,
        });
        setting
    }

    /// Tells the rule all its appointments, and returns the showings with their times.
    fn run(bench: &mut Bench<'_>, rule: &mut Bots) -> Vec<(SimTime, Showing)> {
        let mut showings = Vec::new();
        while let Some((time, event)) = bench.agenda.pop() {
            if let Event::ShowingDue(showing) = &event {
                showings.push((time, **showing));
            }
            bench.tell(&event, rule);
        }
        showings
    }

    /// The mean of 300 exponential times of 10 s has a standard deviation of 0.58 s, that of 300 coins of 0.5 one of 0.029; α = 1e-4.
    #[test]
    fn bots_share_within_seconds_before_as_many_followers_as_they_have() {
        let setting = with_swarm(None, SwarmTarget::Message(ScriptId(0)));
        let (mut bench, mut rule) = (Bench::new(&setting, 0), rule());
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let showings = run(&mut bench, &mut rule);
        let seconds = showings.iter().map(|(time, _)| time.as_ms() as f64 / 1000.0 - 60.0);
        let mean = seconds.sum::<f64>() / 300.0;
        assert!((mean - 10.0).abs() < 3.9 * 10.0 / 300.0_f64.sqrt(), "{mean}");
        assert_eq!((showings.len(), bench.world.spread(id).cascade.shares()), (300, 300.0));
        let sizes = showings.iter().map(|(_, showing)| match showing.audience {
            Audience::Crowd(crowd) => f64::from(crowd.size),
            Audience::Followers => f64::NAN,
        });
        let mean = sizes.sum::<f64>() / 300.0;
        assert!((mean - 25.5).abs() < 3.9 * 0.5 / 300.0_f64.sqrt(), "{mean}");
    }

    #[test]
    fn a_bot_that_floods_posts_again_and_again_before_the_same_followers() {
        let setting = with_swarm(Some(4), SwarmTarget::Issue(IssueId(0)));
        let (mut bench, mut rule) = (Bench::new(&setting, 0), rule());
        let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
        let showings = run(&mut bench, &mut rule);
        assert_eq!(bench.world.spread(id).cascade.shares(), 1200.0);
        for bot in 0..300 {
            let account = AccountId(setting.network.n_accounts() + bot);
            let node = |showing: &Showing| bench.world.spread(id).cascade.nodes()[showing.node as usize];
            let of_bot: Vec<&Showing> = showings
                .iter()
                .map(|(_, showing)| showing)
                .filter(|showing| node(showing).account == account)
                .collect();
            assert_eq!(of_bot.iter().map(|showing| showing.round).collect::<Vec<_>>(), [0, 1, 2, 3]);
            assert!(of_bot.iter().all(|showing| showing.audience == of_bot[0].audience));
        }
    }

    #[test]
    fn bots_keep_to_their_target_and_fall_silent_when_removed_or_when_the_message_is_gone() {
        let setting = with_swarm(Some(2), SwarmTarget::Message(ScriptId(0)));
        let swarm = &setting.script.platform.swarms[0];
        for (removed, deleted) in [(true, false), (false, true)] {
            let (mut bench, mut rule) = (Bench::new(&setting, 0), rule());
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            if removed {
                bench.world.visibility.silence(swarm.accounts());
            }
            bench.world.messages[id.idx()].deleted = deleted.then_some(SimTime::START);
            assert!(run(&mut bench, &mut rule).is_empty());
        }
        let other = with_swarm(None, SwarmTarget::Message(ScriptId(9)));
        let mut bench = Bench::new(&other, 0);
        bench.post(fixture::appeal(SimTime::START), &mut rule());
        assert_eq!(bench.agenda.n_pending(), 0);
    }
}
