//! The rules of the model: one file each, none of which knows of another.
//!
//! A mechanism reacts to facts, reads and changes the [`World`], and schedules facts. The schedule of the model is the
//! order of [`Mechanisms::new`]: at each fact the mechanisms react in this order, and facts that follow at once are
//! handled next, in the order in which they were announced, before anything else of the same instant.
//!
//! Sharing goes by one of several rules, chosen by `dispositions.diffusion.rule`; what they have in common is in [`contact`].
//!
//! To add one: write its file, then name it here in four places: the module, its parameters in [`Dispositions`], its word in [`Name`], and its
//! place in the order of [`Mechanisms::new`], which takes the dispositions apart field by field, so that a forgotten one does not compile.

pub mod amplification;
pub mod attention;
pub mod bots;
pub mod caution;
pub mod complex_contagion;
pub mod conduct;
pub mod contact;
pub mod denial;
pub mod easing;
pub mod framing;
pub mod hawkes;
pub mod hearing;
pub mod independent_cascade;
pub mod linear_threshold;
pub mod listening;
pub mod mobilisation;
pub mod moderation;
pub mod mutation;
pub mod news_pricing;
pub mod perception;
pub mod posting;
pub mod preparation;
pub mod press;
pub mod recognition;
pub mod response;
pub mod salience;
pub mod sharing;
pub mod sir;
pub mod tension;
pub mod third_parties;
pub mod trading;
pub mod voices;
pub mod volatility;

use crate::engine::Agenda;
use crate::model::event::Event;
use crate::model::setting::Setting;
use crate::model::vocabulary::Ranks;
use crate::model::world::World;
use crate::text::{choices, section};

/// A fact of which a run has hundreds or more. To ask all mechanisms about it would take longer than what the few do that have something to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequent {
    /// [`Event::ShareDue`].
    ShareDue,
    /// [`Event::Exposed`].
    Exposed,
    /// [`Event::CoverageDue`].
    CoverageDue,
    /// [`Event::MarketStep`].
    MarketStep,
    /// [`Event::PriceMoved`].
    PriceMoved,
}

impl Frequent {
    const ALL: [Self; 5] =
        [Self::ShareDue, Self::Exposed, Self::CoverageDue, Self::MarketStep, Self::PriceMoved];

    const fn of(event: &Event) -> Option<Self> {
        match event {
            Event::ShareDue { .. } => Some(Self::ShareDue),
            Event::Exposed { .. } => Some(Self::Exposed),
            Event::CoverageDue { .. } => Some(Self::CoverageDue),
            Event::MarketStep { .. } => Some(Self::MarketStep),
            Event::PriceMoved(_) => Some(Self::PriceMoved),
            _ => None,
        }
    }
}

/// A rule of the model.
pub trait Mechanism {
    /// Called once before the first event of a run: sets up what the rule keeps in the world and makes appointments.
    fn begin(&mut self, _world: &mut World<'_>, _agenda: &mut Agenda<Event>) {}

    /// Whether the rule reacts to a frequent fact. One that does must say so: it is not told otherwise.
    fn heeds(&self, _fact: Frequent) -> bool {
        false
    }

    /// Called at each fact, but for frequent ones that it does not heed.
    fn react(&mut self, event: &Event, world: &mut World<'_>, agenda: &mut Agenda<Event>);
}

section! {
    /// Behavioural parameters, one table a mechanism; the same for every scenario.
    pub struct Dispositions {
        /// Mechanisms that are switched off.
        pub off: Vec<Name> = Vec::new(),
        /// Shape of the follower network.
        pub network: NetworkParams,
        /// What words are weighed by.
        pub ranks: Ranks,
        /// By which rule messages are shared.
        pub diffusion: DiffusionParams,
        /// How a message is passed on in another frame.
        pub framing: framing::Params,
        /// Who shares, and when: the full rule.
        pub sharing: sharing::Params,
        /// What bots do.
        pub bots: bots::Params,
        /// What quotes and pins do.
        pub amplification: amplification::Params,
        /// What labels do.
        pub moderation: moderation::Params,
        /// What denials do.
        pub denial: denial::Params,
        /// The independent cascade.
        pub independent_cascade: independent_cascade::Params,
        /// The linear threshold.
        pub linear_threshold: linear_threshold::Params,
        /// Complex contagion.
        pub complex_contagion: complex_contagion::Params,
        /// Sharing until recovery.
        pub sir: sir::Params,
        /// The Hawkes process.
        pub hawkes: hawkes::Params,
        /// How messages crowd each other out.
        pub attention: attention::Params,
        /// How texts change.
        pub mutation: mutation::Params,
        /// What the press covers.
        pub press: press::Params,
        /// Attention of publics.
        pub salience: salience::Params,
        /// How states come to hear.
        pub hearing: hearing::Params,
        /// How states understand what they hear.
        pub perception: perception::Params,
        /// Whom states believe where voices contradict each other.
        pub voices: voices::Params,
        /// Memory of slights.
        pub tension: tension::Params,
        /// How states answer.
        pub response: response::Params,
        /// Second thoughts on what takes time to prepare.
        pub preparation: preparation::Params,
        /// What third states do.
        pub third_parties: third_parties::Params,
        /// How relations are restored.
        pub easing: easing::Params,
        /// Who keeps quiet.
        pub caution: caution::Params,
        /// How ministries answer a turn of opinion.
        pub listening: listening::Params,
        /// Who recognises, and when.
        pub recognition: recognition::Params,
        /// Who acts offline on what he believes.
        pub mobilisation: mobilisation::Params,
        /// What news is worth.
        pub news_pricing: news_pricing::Params,
        /// How prices move.
        pub trading: trading::Params,
        /// How expected volatility moves.
        pub volatility: volatility::Params,
    }
}

crate::text::params! {
    /// Choice of the rule by which messages are shared.
    pub struct DiffusionParams {
        /// The rule. Its parameters are in the table named as it is; all but the full rule leave out who reads, what the message says and
        /// attention, and pass everything on as received.
        rule: Rule,
    }
}

choices! {
    /// A rule by which messages are shared.
    pub enum Rule {
        /// By person, stance, language, words and attention (`dispositions.sharing`).
        Full = "full",
        /// Independent cascade (`dispositions.independent_cascade`).
        IndependentCascade = "ic",
        /// Linear threshold (`dispositions.linear_threshold`).
        LinearThreshold = "lt",
        /// Complex contagion (`dispositions.complex_contagion`).
        ComplexContagion = "complex",
        /// Sharing until recovery (`dispositions.sir`).
        Sir = "sir",
        /// Hawkes process with the rate of SEISMIC (`dispositions.hawkes`).
        Hawkes = "hawkes",
    }
}

impl Rule {
    /// Whether the rule looks at every follower link: to count how many each account follows (`lt`), how many of them have shared
    /// (`lt`, `complex`), or the mean audience (`hawkes`). Such a rule needs a network of a size that can be stored.
    pub const fn looks_at_every_link(self) -> bool {
        matches!(self, Self::LinearThreshold | Self::ComplexContagion | Self::Hawkes)
    }
}

crate::text::params! {
    /// Shape of the follower network, stance and day of the publics.
    pub struct NetworkParams {
        /// Exponent of the density of audience sizes.
        audience_exponent: crate::units::NonNegative,
        /// Exponent of the density of numbers of accounts followed.
        following_exponent: crate::units::NonNegative,
        /// Correlation of the normal scores of audience and activity.
        correlation: crate::units::Signed,
        /// Largest weight of an anonymous account relative to the smallest.
        cutoff: crate::units::NonNegative,
        /// Share of follow relations that are mutual.
        reciprocity: crate::units::Probability,
        /// Share of the follows within a country that stay within a circle of people who are alike.
        circles: crate::units::Probability,
        /// Mean number of simulated accounts of a circle.
        circle_size: crate::units::NonNegative,
        /// Tendency to follow accounts of another country whose languages one reads, relative to those of one's own.
        abroad: crate::units::Probability,
        /// Distance between the stances of neighbouring bins of a public.
        stance_spread: crate::units::Probability,
        /// Amplitude of activity over the day: 0 none, towards 1 asleep at night.
        day_amplitude: crate::units::Probability,
        /// Local hour of the highest activity.
        peak_hour: crate::units::NonNegative,
    }
}

choices! {
    /// A mechanism by name.
    pub enum Name {
        /// Messages of the script, announcements of acts, deletions.
        Posting = "posting",
        /// Passing on in another frame.
        Framing = "framing",
        /// Sharing, by whatever rule.
        Sharing = "sharing",
        /// Swarms of bots.
        Bots = "bots",
        /// Quotes and pins by named accounts.
        Amplification = "amplification",
        /// Labels, mutes, suspensions.
        Moderation = "moderation",
        /// Denials.
        Denial = "denial",
        /// Acts on the platform that CAMEO has no code for.
        Conduct = "conduct",
        /// Limited attention.
        Attention = "attention",
        /// Change of texts.
        Mutation = "mutation",
        /// Press coverage.
        Press = "press",
        /// Attention of publics.
        Salience = "salience",
        /// How states hear.
        Hearing = "hearing",
        /// How states understand.
        Perception = "perception",
        /// Whom states believe.
        Voices = "voices",
        /// Memory of slights.
        Tension = "tension",
        /// How states answer.
        Response = "response",
        /// Second thoughts.
        Preparation = "preparation",
        /// What third states do.
        ThirdParties = "third_parties",
        /// How relations are restored.
        Easing = "easing",
        /// Who keeps quiet.
        Caution = "caution",
        /// How ministries answer a turn of opinion.
        Listening = "listening",
        /// Who recognises.
        Recognition = "recognition",
        /// Who acts offline.
        Mobilisation = "mobilisation",
        /// What news is worth.
        NewsPricing = "news_pricing",
        /// How prices move.
        Trading = "trading",
        /// How expected volatility moves.
        Volatility = "volatility",
    }
}

/// All mechanisms of a scenario that are switched on, in the order in which they react.
pub struct Mechanisms {
    list: Vec<(Name, Box<dyn Mechanism>)>,
    /// Places of all of them in the list.
    all: Vec<usize>,
    /// Places of those who heed each of the frequent facts.
    heeding: [Vec<usize>; Frequent::ALL.len()],
}

impl std::fmt::Debug for Mechanisms {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.list.iter().map(|(name, _)| name.name())).finish()
    }
}

impl Mechanisms {
    /// Sets up the mechanisms of `dispositions` for `setting`.
    pub fn new(dispositions: &Dispositions, setting: &Setting) -> Self {
        // Every field is named, so that a mechanism without a line here does not compile.
        let Dispositions {
            off,
            network: _,
            ranks: _,
            diffusion,
            framing,
            sharing,
            bots,
            amplification,
            moderation,
            denial,
            independent_cascade,
            linear_threshold,
            complex_contagion,
            sir,
            hawkes,
            attention,
            mutation,
            press,
            salience,
            hearing,
            perception,
            voices,
            tension,
            response,
            preparation,
            third_parties,
            easing,
            caution,
            listening,
            recognition,
            mobilisation,
            news_pricing,
            trading,
            volatility,
        } = dispositions;
        let contact = contact::Contact::new(sharing.copies);
        let by_rule: Box<dyn Mechanism> = match diffusion.rule {
            Rule::Full => Box::new(sharing::Sharing::new(sharing, contact)),
            Rule::IndependentCascade => {
                Box::new(independent_cascade::IndependentCascade::new(independent_cascade, contact))
            }
            Rule::LinearThreshold => {
                Box::new(linear_threshold::LinearThreshold::new(linear_threshold, contact, &setting.network))
            }
            Rule::ComplexContagion => {
                Box::new(complex_contagion::ComplexContagion::new(complex_contagion, contact))
            }
            Rule::Sir => Box::new(sir::Sir::new(sir, contact)),
            Rule::Hawkes => Box::new(hawkes::Hawkes::new(hawkes, contact, &setting.network)),
        };
        let mut list: Vec<(Name, Box<dyn Mechanism>)> = vec![
            (Name::Posting, Box::new(posting::Posting::default())),
            (Name::Moderation, Box::new(moderation::Moderation::new(moderation))),
            (Name::Denial, Box::new(denial::Denial::new(denial))),
            (Name::Framing, Box::new(framing::Framing::new(framing, setting))),
            (Name::Sharing, by_rule),
            (Name::Bots, Box::new(bots::Bots::new(bots))),
            (Name::Amplification, Box::new(amplification::Amplification::new(amplification))),
            (Name::Conduct, Box::new(conduct::Conduct::new(setting))),
            (Name::Attention, Box::new(attention::Attention::new(attention, setting))),
            (Name::Mutation, Box::new(mutation::Mutation::new(mutation))),
            (Name::Salience, Box::new(salience::Salience::new(salience, setting))),
            (Name::Press, Box::new(press::Press::new(press))),
            (Name::Hearing, Box::new(hearing::Hearings::new(hearing))),
            (Name::Perception, Box::new(perception::Perception::new(perception))),
            (Name::Voices, Box::new(voices::Voices::new(voices))),
            (Name::Tension, Box::new(tension::Tension::new(tension))),
            (Name::Response, Box::new(response::Response::new(response))),
            (Name::Preparation, Box::new(preparation::Preparation::new(preparation))),
            (Name::ThirdParties, Box::new(third_parties::ThirdParties::new(third_parties, setting))),
            (Name::Easing, Box::new(easing::Easing::new(easing, setting))),
            (Name::Caution, Box::new(caution::Caution::new(caution, setting))),
            (Name::Listening, Box::new(listening::Listening::new(listening, setting))),
            (Name::Recognition, Box::new(recognition::Recognition::new(recognition, setting))),
            (Name::Mobilisation, Box::new(mobilisation::Mobilisation::new(mobilisation))),
            (Name::NewsPricing, Box::new(news_pricing::NewsPricing::new(news_pricing, setting))),
            (Name::Trading, Box::new(trading::Trading::new(trading, setting))),
            (Name::Volatility, Box::new(volatility::Volatility::new(volatility, setting))),
        ];
        list.retain(|(name, _)| !off.contains(name));
        let all: Vec<usize> = (0..list.len()).collect();
        let heeding =
            Frequent::ALL.map(|fact| all.iter().copied().filter(|&idx| list[idx].1.heeds(fact)).collect());
        Self { list, all, heeding }
    }

    /// The same, told of every fact.
    #[cfg(test)]
    pub(crate) fn heeding_all(self) -> Self {
        let heeding = Frequent::ALL.map(|_| self.all.clone());
        Self { heeding, ..self }
    }

    /// The mechanisms that are switched on, in order.
    pub fn names(&self) -> impl Iterator<Item = Name> {
        self.list.iter().map(|(name, _)| *name)
    }

    /// Sets up a run.
    pub fn begin(&mut self, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        for (_, mechanism) in &mut self.list {
            mechanism.begin(world, agenda);
        }
    }

    /// Lets all mechanisms react to `event`, and to the facts that follow from it at once.
    pub fn react(&mut self, event: Event, world: &mut World<'_>, agenda: &mut Agenda<Event>) {
        let mut next = Some(event);
        while let Some(event) = next {
            let told = Frequent::of(&event).map_or(&self.all, |fact| &self.heeding[fact as usize]);
            for &idx in told {
                self.list[idx].1.react(&event, world, agenda);
            }
            next = world.facts.pop_front();
        }
    }
}

/// One mechanism on the small world of [`crate::model::fixture`].
#[cfg(test)]
struct Bench<'a> {
    world: World<'a>,
    agenda: Agenda<Event>,
}

#[cfg(test)]
impl<'a> Bench<'a> {
    /// Run number `run`, before anything has happened.
    fn new(setting: &'a Setting, run: u64) -> Self {
        let mut world = World::new(setting);
        world.reset(crate::engine::streams::RunKey::new(1, run));
        Self { world, agenda: Agenda::default() }
    }

    /// Posts `message` and lets `mechanism` react to that.
    fn post(
        &mut self,
        message: crate::model::world::Message,
        mechanism: &mut dyn Mechanism,
    ) -> crate::model::ids::MessageId {
        let id = self.world.post(message).expect("a test posts few messages");
        self.world.facts.clear();
        mechanism.react(&Event::MessagePosted(id), &mut self.world, &mut self.agenda);
        id
    }

    /// Posts `message` and plays until nothing more follows from it, however late.
    fn play(
        &mut self,
        message: crate::model::world::Message,
        mechanism: &mut dyn Mechanism,
    ) -> crate::model::ids::MessageId {
        use crate::engine::{Budget, run};
        mechanism.begin(&mut self.world, &mut self.agenda);
        let id = self.post(message, mechanism);
        let mut play = Play { world: &mut self.world, mechanism };
        let budget = Budget { horizon: crate::units::SimTime::NEVER, events: u64::MAX };
        run(&mut play, &mut self.agenda, budget);
        id
    }

    /// Lets B decide on `message`, which it has heard and taken for `understood` (`None`: it has not thought about it yet).
    fn decide(
        &mut self,
        message: crate::model::ids::MessageId,
        understood: Option<crate::model::ids::CodeId>,
        mechanism: &mut dyn Mechanism,
    ) {
        use crate::model::{event::Channel, fixture::B, world::Hearing};
        let (channel, time) = (Channel::Monitoring, self.agenda.now());
        let frame = crate::model::cascade::Frame::AsIntended;
        self.world.hearings.push(Hearing {
            state: B,
            message,
            channel,
            frame,
            time,
            understood,
            motive: None,
            intent: None,
            answer: None,
        });
        self.tell(&Event::DecisionDue { state: B, message }, mechanism);
    }

    /// Lets `mechanism` react to `event`.
    fn tell(&mut self, event: &Event, mechanism: &mut dyn Mechanism) {
        mechanism.react(event, &mut self.world, &mut self.agenda);
    }
}

/// One mechanism that reacts to what it has scheduled.
#[cfg(test)]
struct Play<'p, 'a> {
    world: &'p mut World<'a>,
    mechanism: &'p mut dyn Mechanism,
}

#[cfg(test)]
impl crate::engine::Model for Play<'_, '_> {
    type Event = Event;

    fn handle(&mut self, event: Event, agenda: &mut Agenda<Event>) {
        self.mechanism.react(&event, self.world, agenda);
        self.world.facts.clear();
    }

    fn advance(&mut self, _from: crate::units::SimTime, _to: crate::units::SimTime) {}
}

#[cfg(test)]
fn share_of_runs(runs: u64, holds: impl FnMut(&u64) -> bool) -> f64 {
    (0..runs).filter(holds).count() as f64 / runs as f64
}
