//! A naive twin of the sharing rule: a coin for every follower, everything looked up anew.
//!
//! It is written from the rule's text alone, and uses only public data: the network, the publics, the parameters. The two
//! numbers that are permanent in a person are data too; they are read from the stream that the rule names.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use twiplomacy::engine::streams::{Purpose, RunKey, Stream, Subject};
use twiplomacy::mechanisms::Dispositions;
use twiplomacy::model::cascade::Frame;
use twiplomacy::model::ids::{AccountId, PublicId};
use twiplomacy::model::setting::{ScriptMessage, Setting};
use twiplomacy::model::vocabulary::Medium;
use twiplomacy::units::SimTime;

/// The activity of a person, and the stream of what else is permanent in it.
fn person(reader: AccountId) -> (f64, Stream) {
    let mut person =
        RunKey::new(0, u64::MAX).stream(Purpose::new("sharing person"), Subject::new(reader.0, 0));
    let readiness = person.uniform();
    (3.0 * readiness * readiness, person)
}

/// One message of a script before it is shared.
pub(crate) struct Twin<'a> {
    setting: &'a Setting,
    dispositions: &'a Dispositions,
    message: &'a ScriptMessage,
}

impl<'a> Twin<'a> {
    /// The twin for the message `id`.
    pub(crate) fn new(setting: &'a Setting, dispositions: &'a Dispositions, id: &str) -> Self {
        let message =
            setting.script.messages.iter().find(|message| message.id == id).expect("the message exists");
        Self { setting, dispositions, message }
    }

    /// Account of the author.
    pub(crate) fn author(&self) -> AccountId {
        self.setting.voices[self.message.voice.idx()].account
    }

    /// Odds with which `reader` passes the message on as intended, against its author, and distorted.
    pub(crate) fn odds(&self, reader: AccountId, received: Frame) -> [f64; 3] {
        let sharing = &self.dispositions.sharing;
        let issue = self.message.issue.idx();
        let side = self.setting.issues[issue].side_of(self.setting.voices[self.message.voice.idx()].state);
        let slice = self.public_of(reader);
        let public = &self.setting.publics[slice.idx()];
        let starts = self.setting.network.publics()[slice.idx()].bin_starts;
        let bin = (0..3).find(|&bin| reader.0 < starts[bin + 1]).expect("a reader lies in a bin");
        let (activity, mut person) = person(reader);
        let stance = public.stance[issue][bin] + sharing.jitter.get() * (2.0 * person.uniform() - 1.0);
        let words = sharing.moral_word.get().powi(self.message.moral_words as i32);
        let reads = self.setting.fluency(slice, self.message.languages);
        let both = sharing.infectiousness.get() * public.activity * activity * reads * words;
        let agreement = (sharing.homophily.get() * side * stance).exp();
        let framing = &self.dispositions.framing;
        let of_role = framing.publics.get(&public.role);
        assert!(!framing.publics.contains_key(&public.id), "the twin knows roles only");
        let picture = if self.message.medium == Medium::Text { 1.0 } else { framing.image.get() };
        let weights = match received {
            Frame::AsIntended => {
                let distort = of_role.and_then(|role| role.distort.as_ref()).unwrap_or(&framing.distort);
                [1.0, framing.quote.get() * picture, distort.get() * picture]
            }
            Frame::Hostile => [framing.soften.get(), 1.0, framing.exaggerate.get()],
            Frame::Distorted => {
                let correct = of_role.and_then(|role| role.correct.as_ref()).unwrap_or(&framing.correct);
                [correct.get(), framing.attack.get(), 1.0]
            }
        };
        [both * agreement * weights[0], both / agreement * weights[1], both * weights[2]]
    }

    /// Public of a reader.
    pub(crate) fn public_of(&self, reader: AccountId) -> PublicId {
        let holds = |idx: &usize| self.setting.network.publics()[*idx].bin_starts[3] > reader.0;
        PublicId::new((0..self.setting.publics.len()).find(holds).expect("a reader lies in a public"))
    }

    /// When `reader` reacts, who saw the message at `seen`, if it shares by the full rule: the share `number` of all reactions of people
    /// alike is quicker.
    pub(crate) fn personal_reaction(&self, reader: AccountId, seen: SimTime, number: f64) -> SimTime {
        let clock = &self.setting.publics[self.public_of(reader).idx()].clock;
        let shape = self.dispositions.sharing.reaction_shape.get();
        let active_ms = self.scale_ms(reader) * (-(1.0 - number).ln()).powf(1.0 / shape);
        seen + clock.elapsed(self.setting.start.plus(seen).unix_ms(), active_ms.min(1e12))
    }

    /// Share of all reactions of people like `reader` that are over after `active_ms` of active time.
    pub(crate) fn reacted(&self, reader: AccountId, active_ms: f64) -> f64 {
        let shape = self.dispositions.sharing.reaction_shape.get();
        1.0 - (-(active_ms / self.scale_ms(reader)).powf(shape)).exp()
    }

    /// Scale of the reaction times of people like `reader`.
    fn scale_ms(&self, reader: AccountId) -> f64 {
        let sharing = &self.dispositions.sharing;
        let activity = self.setting.publics[self.public_of(reader).idx()].activity * person(reader).0;
        sharing.reaction.as_ms() as f64 / activity.powf(sharing.haste.get())
    }

    /// When a reader of `public` who saw the message at `seen` reacts by a plain rule: the share `number` of all reactions is quicker.
    pub(crate) fn reaction(&self, public: PublicId, seen: SimTime, number: f64) -> SimTime {
        const THETA: f64 = 0.231_484_3;
        let slower = (1.0 - number) * (1.0 + THETA);
        let active_seconds = if slower < 1.0 {
            300.0 * slower.powf(-1.0 / THETA)
        } else {
            300.0 * number * (1.0 + THETA) / THETA
        };
        let clock = &self.setting.publics[public.idx()].clock;
        seen + clock.elapsed(self.setting.start.plus(seen).unix_ms(), active_seconds * 1000.0)
    }

    /// Accounts that share one message posted at `posted` until the horizon, with coins from `stream`.
    pub(crate) fn cascade(&self, posted: SimTime, stream: &mut Stream) -> BTreeSet<AccountId> {
        let mut sharers = BTreeSet::new();
        // A person is as quick whoever shows the message.
        let mut quickness: BTreeMap<AccountId, f64> = BTreeMap::new();
        let mut shares = BinaryHeap::from([Reverse((posted, self.author(), Frame::AsIntended.idx()))]);
        while let Some(Reverse((time, account, frame))) = shares.pop() {
            if time > self.setting.horizon || !sharers.insert(account) {
                continue;
            }
            for &follower in &*self.setting.network.followers(account) {
                let follower = AccountId(follower);
                let [as_intended, hostile, distorted] = self.odds(follower, Frame::ALL[frame]);
                let odds = as_intended + hostile + distorted;
                if stream.uniform() < odds / (1.0 + odds) {
                    let number = *quickness.entry(follower).or_insert_with(|| stream.uniform());
                    let due = self.personal_reaction(follower, time, number);
                    let point = stream.uniform() * odds;
                    let passed_on =
                        usize::from(point >= as_intended) + usize::from(point >= as_intended + hostile);
                    shares.push(Reverse((due, follower, passed_on)));
                }
            }
        }
        sharers.remove(&self.author());
        sharers
    }
}
