//! One round of play: students speak for governments and for the ministry that writes the message of reference.
//!
//! A round follows one run. At each turn those whose turn it is choose among a few acts; what most choose is forced upon the run, which is
//! simulated again from its beginning with the same chances. So what others hear in the next turn follows from what was chosen, and the
//! run without any choice, which is the same run of the same seed, is what would have happened otherwise.

use super::ready::Ready;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::Arc;
use twiplomacy::model::ids::{CodeId, StateId};
use twiplomacy::model::setting::{ScriptMessage, Setting, When};
use twiplomacy::scenario::Request;
use twiplomacy::simulation::film::Film;
use twiplomacy::units::{SimTime, TimeSpan};

/// Hours from the message of reference to each turn.
const TURNS: [i64; 4] = [0, 24, 60, 120];
/// Third governments that can be played, at the most.
const MOST_THIRDS: usize = 2;
/// CAMEO codes of choices that are no rung of the ladder.
const APOLOGY: &str = "055";
const TALK: &str = "036";
const SUPPORT: &str = "051";
const MEDIATION: &str = "039";
const CRITICISM: &str = "111";
/// Codes that stand for their rung where several do: rejects, criticises, complains officially, threatens.
const USUAL: [&str; 4] = ["120", "111", "114", "130"];
/// Log-odds of answering of a government that is played: its own rule never answers, the class does.
const SILENT: f64 = -40.0;

/// For whom a student speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Seat {
    /// The ministry that writes the message of reference.
    Editor,
    /// A government.
    Government(u16),
}

/// Something that can be chosen in a turn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Choice {
    /// Its name in requests.
    pub(super) id: String,
    english: String,
    french: String,
    deed: Deed,
}

/// What a choice does to the run.
#[derive(Debug, Clone, PartialEq)]
enum Deed {
    Nothing,
    /// Sets parameters of the message of reference.
    Set(Vec<String>),
    /// An act of a government.
    Act {
        actor: u16,
        target: u16,
        code: u16,
    },
    /// A further message of the editor.
    Message {
        code: u16,
    },
}

/// One turn of one seat.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Turn {
    /// When it is, on the run's clock.
    pub(super) time: SimTime,
    /// What each seat can choose.
    pub(super) choices: BTreeMap<Seat, Vec<Choice>>,
}

/// What a seat has chosen.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Chosen {
    pub(super) turn: usize,
    pub(super) seat: Seat,
    pub(super) choice: Choice,
    /// Votes for each choice, in their order.
    pub(super) votes: Vec<usize>,
}

/// Who takes part in a scenario: the editor, the government addressed, the one that wrote, and third ones that hear of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cast {
    pub(super) seats: Vec<Seat>,
    reference: usize,
    author: u16,
    target: u16,
}

impl Cast {
    /// The cast of a scenario whose run without any choice is `film`; `None` where no government wrote the message of
    /// reference, or where it addresses none.
    pub(super) fn of(ready: &Ready, film: &Film) -> Option<Self> {
        let setting = ready.simulation.setting();
        let is_reference = |message: &&ScriptMessage| message.when == When::At(setting.reference);
        let reference = setting.script.messages.iter().find(is_reference)?;
        let reference = setting.script.messages.iter().position(|message| message.id == reference.id)?;
        let message = &setting.script.messages[reference];
        let author = setting.voices[message.voice.idx()].state?;
        let target = message.target?;
        let mut seats = vec![Seat::Editor, Seat::Government(target.0), Seat::Government(author.0)];
        for hearing in &film.hearings {
            let seat = Seat::Government(hearing.state.0);
            if hearing.time >= setting.reference && !seats.contains(&seat) && seats.len() < 3 + MOST_THIRDS {
                seats.push(seat);
            }
        }
        Some(Self { seats, reference, author: author.0, target: target.0 })
    }

    /// Name of a seat in requests and files.
    pub(super) fn id_of(seat: Seat, setting: &Setting) -> String {
        match seat {
            Seat::Editor => "editor".to_owned(),
            Seat::Government(state) => setting.states[usize::from(state)].id.clone(),
        }
    }

    /// The government for which a seat speaks.
    pub(super) fn state_of(&self, seat: Seat) -> StateId {
        match seat {
            Seat::Editor => StateId(self.author),
            Seat::Government(state) => StateId(state),
        }
    }

    /// The seats for people: `[{id, state, en, fr}]`.
    pub(super) fn json(&self, ready: &Ready) -> Value {
        let setting = ready.simulation.setting();
        let seat = |&seat: &Seat| {
            let state = &setting.states[self.state_of(seat).idx()];
            let name = name_of(ready, self.state_of(seat));
            let handle = &setting.voices[setting.script.messages[self.reference].voice.idx()].handle;
            let (english, french) = match seat {
                Seat::Editor => (format!("Editor of @{handle}"), format!("Rédaction de @{handle}")),
                Seat::Government(_) => (format!("Government of {name}"), format!("Gouvernement : {name}")),
            };
            json!({"id": Self::id_of(seat, setting), "state": state.id, "en": english, "fr": french})
        };
        self.seats.iter().map(seat).collect()
    }

    /// The turn number `index`; `None` after the last one or beyond the horizon.
    pub(super) fn turn(&self, index: usize, ready: &Ready) -> Option<Turn> {
        let setting = ready.simulation.setting();
        let time = setting.reference + TimeSpan::from_hours(*TURNS.get(index)?);
        if time >= setting.horizon {
            return None;
        }
        let others = self
            .seats
            .iter()
            .copied()
            .filter(|&seat| seat != Seat::Editor && seat != Seat::Government(self.author));
        let mut choices = BTreeMap::new();
        match index {
            0 => {
                choices.insert(Seat::Editor, self.first_choices(ready));
            }
            2 => {
                choices.insert(Seat::Editor, later_messages(ready));
                choices.insert(Seat::Government(self.author), self.acts(self.author, ready));
            }
            _ => choices.extend(others.map(|seat| (seat, self.acts(self.state_of(seat).0, ready)))),
        }
        Some(Turn { time, choices })
    }

    /// What an editor can do with the message of reference.
    fn first_choices(&self, ready: &Ready) -> Vec<Choice> {
        let setting = ready.simulation.setting();
        let message = &setting.script.messages[self.reference];
        let path = |key: &str| format!("events.messages.{}.{key}", message.id);
        let national =
            |state: u16| setting.countries[setting.states[usize::from(state)].country.idx()].national;
        let reads_it = message.languages.meets(national(self.target));
        let into = if reads_it { self.author } else { self.target };
        let languages: Vec<String> = national(into)
            .iter()
            .filter_map(|language| setting.languages.get(usize::from(language.0)))
            .map(|code| format!("\"{code}\""))
            .collect();
        let (english, french) = if reads_it {
            ("Post it in our own languages only", "Le publier dans nos seules langues")
        } else {
            ("Post it in the language of the country addressed", "Le publier dans la langue du pays visé")
        };
        vec![
            choice("post", "Post it as written", "Le publier tel quel", Deed::Nothing),
            choice(
                "translate",
                english,
                french,
                Deed::Set(vec![format!("{}=[{}]", path("language"), languages.join(", "))]),
            ),
            choice(
                "delete",
                "Post it and delete it after an hour",
                "Le publier et le supprimer après une heure",
                Deed::Set(vec![format!("{}=1 h", path("deleted_after"))]),
            ),
            choice(
                "silent",
                "Stay silent",
                "Se taire",
                Deed::Set(vec![format!("{}=unsent", path("delivery"))]),
            ),
        ]
    }

    /// What a government can do: nothing, something kind, and one act for each rung for which it has one.
    fn acts(&self, actor: u16, ready: &Ready) -> Vec<Choice> {
        let setting = ready.simulation.setting();
        let target = if actor == self.author { self.target } else { self.author };
        let state = &setting.states[usize::from(actor)];
        let exempt = &setting.dyad(StateId(actor), StateId(target)).exempt;
        let mut choices = vec![choice("silent", "Do nothing", "Ne rien faire", Deed::Nothing)];
        let mut add = |id: String, towards: u16, code: usize, name: &str| {
            let towards_name = name_of(ready, StateId(towards));
            let deed = Deed::Act { actor, target: towards, code: code as u16 };
            choices.push(choice(
                &id,
                &format!("{name} ({towards_name})"),
                &format!("{name} ({towards_name})"),
                deed,
            ));
        };
        let is_third = actor != self.author && actor != self.target;
        let kind: &[(&str, &str, u16)] = if is_third {
            &[
                ("side-target", SUPPORT, self.target),
                ("side-author", SUPPORT, self.author),
                ("mediate", MEDIATION, self.target),
            ]
        } else {
            &[("talk", TALK, target), ("apologise", APOLOGY, target)]
        };
        for &(id, code, towards) in kind {
            if let Some(code) = coded(setting, code) {
                add(id.to_owned(), towards, code, &setting.codes[code].name);
            }
        }
        for (rung, step) in setting.ladder.iter().enumerate().skip(1) {
            let by_code = || words_on(setting, rung);
            let tool = state
                .instruments
                .iter()
                .find(|tool| setting.instruments[tool.idx()].rung.idx() == rung && !exempt.contains(tool));
            let found = match (step.package, tool) {
                (Some(_), Some(tool)) => {
                    // The act counts on the rung of its code, which is the one that is told.
                    let code = setting.instruments[tool.idx()].code;
                    (setting.codes[code.idx()].rung.idx() == rung)
                        .then(|| (code.idx(), setting.instruments[tool.idx()].name.clone()))
                        .or_else(|| by_code().map(|code| (code, setting.codes[code].name.clone())))
                }
                (Some(_), None) => None,
                (None, _) => by_code().map(|code| (code, setting.codes[code].name.clone())),
            };
            if let Some((code, name)) = found {
                add(format!("rung-{rung}"), target, code, &format!("{}: {name}", step.name));
            }
        }
        choices
    }

    /// The scenario with what was chosen, where `played` seats answer by votes only.
    pub(super) fn request(
        &self,
        base: &Request,
        ready: &Ready,
        played: &[Seat],
        chosen: &[Chosen],
    ) -> Request {
        let setting = ready.simulation.setting();
        let mut request = base.clone();
        for seat in played {
            if let Seat::Government(state) = seat {
                let id = &setting.states[usize::from(*state)].id;
                request.set.push(format!("states.{id}.propensity={SILENT:?}"));
            }
        }
        let (mut acts, mut messages) = (Vec::new(), Vec::new());
        for one in chosen {
            let Some(hours) = TURNS.get(one.turn) else { continue };
            let time = setting
                .start
                .plus(setting.reference + TimeSpan::from_hours(*hours) + TimeSpan::from_secs(60));
            let time = time.timestamp().to_string();
            match &one.choice.deed {
                Deed::Nothing => {}
                Deed::Set(changes) => request.set.extend(changes.iter().cloned()),
                Deed::Act { actor, target, code } => {
                    let id = format!(
                        "class-{}-{}",
                        one.turn,
                        setting.states[usize::from(*actor)].id.to_lowercase()
                    );
                    acts.push((id, self.act_text(setting, &time, (*actor, *target, *code))));
                }
                Deed::Message { code } => {
                    let id = format!("class-{}-editor", one.turn);
                    messages.push((id, self.message_text(setting, &time, *code)));
                }
            }
        }
        if ready.scenario.file.events.acts.is_empty() && !acts.is_empty() {
            let all: Vec<String> = acts.iter().map(|(id, act)| format!("{id} = {act}")).collect();
            request.set.push(format!("events.acts={{ {} }}", all.join(", ")));
        } else {
            request.set.extend(acts.into_iter().map(|(id, act)| format!("events.acts.{id}={act}")));
        }
        request
            .set
            .extend(messages.into_iter().map(|(id, message)| format!("events.messages.{id}={message}")));
        request
    }

    /// A forced act as an inline table.
    fn act_text(&self, setting: &Setting, time: &str, (actor, target, code): (u16, u16, u16)) -> String {
        let state = |index: u16| &setting.states[usize::from(index)].id;
        let code = &setting.codes[usize::from(code)];
        format!(
            "{{ actor = \"{}\", target = \"{}\", time = {time}, act = \"{}\", issue = \"{}\", played = true, text = \"Chosen by the class.\", \
             source = \"the class\" }}",
            state(actor),
            state(target),
            code.code,
            self.issue(setting),
        )
    }

    /// A further message as an inline table.
    fn message_text(&self, setting: &Setting, time: &str, code: u16) -> String {
        let message = &setting.script.messages[self.reference];
        let languages: Vec<String> = message
            .languages
            .iter()
            .filter_map(|language| setting.languages.get(usize::from(language.0)))
            .map(|code| format!("\"{code}\""))
            .collect();
        let code = &setting.codes[usize::from(code)];
        format!(
            "{{ author = \"{}\", target = \"{}\", time = {time}, act = \"{}\", issue = \"{}\", language = [{}], text = \"Chosen by the class: {}.\", \
             source = \"the class\" }}",
            setting.voices[message.voice.idx()].handle,
            setting.states[usize::from(self.target)].id,
            code.code,
            self.issue(setting),
            languages.join(", "),
            code.name.replace(['"', '\\'], "'"),
        )
    }

    fn issue<'a>(&self, setting: &'a Setting) -> &'a str {
        &setting.issues[setting.script.messages[self.reference].issue.idx()].id
    }

    /// What the government of a seat has heard by `time`, and what its own voices have posted: nothing else reaches its students.
    pub(super) fn heard(&self, seat: Seat, film: &Film, ready: &Ready, time: SimTime) -> Value {
        let setting = ready.simulation.setting();
        let state = self.state_of(seat);
        let mut found: Vec<(SimTime, Value)> = Vec::new();
        let name = |code: CodeId| setting.codes[code.idx()].name.clone();
        for hearing in film.hearings.iter().filter(|hearing| hearing.state == state && hearing.time <= time) {
            let message = &film.messages[hearing.message.idx()];
            let entry = json!({
                "time": seconds(setting, hearing.time), "own": false, "handle": message.handle, "text": message.text,
                "languages": message.languages, "channel": hearing.channel.name(), "understood": hearing.understood.map(name),
            });
            found.push((hearing.time, entry));
        }
        let home = setting.states[state.idx()].country;
        let own = film.messages.iter().filter(|message| {
            message.kind != twiplomacy::simulation::film::FilmedKind::Coverage && message.home == Some(home)
        });
        for message in own {
            if let Some(posted) = message.nodes.first().map(|node| node.time).filter(|posted| *posted <= time)
            {
                let entry = json!({
                    "time": seconds(setting, posted), "own": true, "handle": message.handle, "text": message.text,
                    "languages": message.languages,
                });
                found.push((posted, entry));
            }
        }
        // Old affairs do not help anybody to decide; the last weeks do.
        let since = setting.reference.as_ms() - TimeSpan::from_days(21).as_ms();
        found.retain(|(time, _)| time.as_ms() >= since);
        found.sort_by_key(|(time, _)| std::cmp::Reverse(*time));
        found.into_iter().take(20).map(|(_, entry)| entry).collect()
    }

    /// The text of the message of reference, which its editor decides upon.
    pub(super) fn draft(&self, ready: &Ready) -> Value {
        let setting = ready.simulation.setting();
        let message = &setting.script.messages[self.reference];
        json!({"id": message.id, "text": message.text, "target": name_of(ready, StateId(self.target))})
    }
}

/// What an editor can say later.
fn later_messages(ready: &Ready) -> Vec<Choice> {
    let setting = ready.simulation.setting();
    let mut choices = vec![choice("silent", "Stay silent", "Se taire", Deed::Nothing)];
    let kinds = [
        ("apologise", APOLOGY, "Apologise", "S’excuser"),
        ("talk", TALK, "Offer to talk", "Proposer de parler"),
        ("insist", CRITICISM, "Insist", "Insister"),
    ];
    for (id, code, english, french) in kinds {
        if let Some(code) = coded(setting, code) {
            choices.push(choice(id, english, french, Deed::Message { code: code as u16 }));
        }
    }
    choices
}

/// The choice with most votes, and the votes of each; a tie goes to the one that stands first, which changes least.
pub(super) fn decided(choices: &[Choice], votes: impl Iterator<Item = usize>) -> Option<(usize, Vec<usize>)> {
    let mut counts = vec![0; choices.len()];
    votes.for_each(|vote| {
        if let Some(count) = counts.get_mut(vote) {
            *count += 1;
        }
    });
    let most = *counts.iter().max()?;
    let first = counts.iter().position(|&count| count == most)?;
    Some((first, counts))
}

impl Choice {
    /// For people: `{id, en, fr}`.
    pub(super) fn json(&self) -> Value {
        json!({"id": self.id, "en": self.english, "fr": self.french})
    }
}

fn choice(id: &str, english: &str, french: &str, deed: Deed) -> Choice {
    Choice { id: id.to_owned(), english: english.to_owned(), french: french.to_owned(), deed }
}

/// The act of a CAMEO code, if the world has it.
fn coded(setting: &Setting, code: &str) -> Option<usize> {
    setting.codes.iter().position(|known| known.code == code)
}

/// The words that stand on a rung: those that governments use most, or else the first.
fn words_on(setting: &Setting, rung: usize) -> Option<usize> {
    let is_on = |&code: &usize| setting.codes[code].rung.idx() == rung;
    let usual = USUAL.iter().filter_map(|code| coded(setting, code)).find(is_on);
    usual.or_else(|| (0..setting.codes.len()).find(is_on))
}

fn seconds(setting: &Setting, time: SimTime) -> i64 {
    setting.start.plus(time).unix_ms() / 1000
}

fn name_of(ready: &Ready, state: StateId) -> String {
    let setting = ready.simulation.setting();
    setting.countries[setting.states[state.idx()].country.idx()].name.clone()
}

/// A round that is being played.
#[derive(Debug, Clone)]
pub(super) struct Round {
    pub(super) run: u64,
    pub(super) cast: Cast,
    /// Seats somebody sat on when it began.
    pub(super) played: Vec<Seat>,
    /// Number of the turn.
    pub(super) turn: usize,
    /// What can be chosen now; `None` once all is over.
    pub(super) open: Option<Turn>,
    pub(super) chosen: Vec<Chosen>,
    /// The run as played so far.
    pub(super) ready: Arc<Ready>,
    pub(super) film: Arc<Film>,
    /// The run without any choice.
    pub(super) without: Arc<Ready>,
    pub(super) film_without: Arc<Film>,
    /// Whether everybody may see everything.
    pub(super) revealed: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use twiplomacy::model::ids::RungId;
    use twiplomacy::scenario::{Source, bundled, load};

    fn base(id: &str) -> Request {
        let mut request = Request::new(Source::new(id, bundled::scenario(id).unwrap().text));
        request.set.push("network.accounts=30000".to_owned());
        request
    }

    /// Every choice of every turn makes a scenario that holds together, for all of them at once too.
    #[test]
    fn whatever_is_chosen_can_be_simulated() {
        for bundled in bundled::scenarios() {
            let base = base(bundled.id);
            let ready = Ready::of(&base, 1).unwrap();
            let film = ready.film(0);
            let Some(cast) = Cast::of(&ready, &film) else { continue };
            assert!(cast.seats.len() >= 3, "{}", bundled.id);
            for turn in 0..TURNS.len() {
                let Some(open) = cast.turn(turn, &ready) else { continue };
                for (&seat, choices) in &open.choices {
                    assert!(choices.len() >= 3, "{} {turn} {seat:?}", bundled.id);
                    for choice in choices {
                        let chosen = [Chosen { turn, seat, choice: choice.clone(), votes: Vec::new() }];
                        let request = cast.request(&base, &ready, &cast.seats, &chosen);
                        load(&request).unwrap_or_else(|failure| panic!("{choice:?}: {failure}"));
                    }
                }
            }
        }
    }

    #[test]
    fn a_chosen_act_happens_counts_on_its_rung_and_replaces_what_the_government_would_do() {
        let base = base("canada-saudi-2018");
        let ready = Ready::of(&base, 1).unwrap();
        // A run in which the government addressed answers by itself.
        let (run, film) = (0..50)
            .map(|run| (run, ready.film(run)))
            .find(|(_, film)| film.outcome.acts.iter().any(|act| act.rung >= 5))
            .unwrap();
        let cast = Cast::of(&ready, &film).unwrap();
        let seat = Seat::Government(cast.target);
        let own = |film: &Film| {
            film.outcome
                .acts
                .iter()
                .filter(|act| act.is_diplomatic() && act.actor == cast.target)
                .cloned()
                .collect::<Vec<_>>()
        };
        assert!(!own(&film).is_empty());

        let silent = Ready::of(&cast.request(&base, &ready, &[seat], &[]), 1).unwrap().film(run);
        assert_eq!(own(&silent), [], "a government that is played acts by itself");

        let open = cast.turn(1, &ready).unwrap();
        let harshest = open.choices[&seat].last().unwrap().clone();
        let Deed::Act { code, .. } = harshest.deed else { panic!("{harshest:?}") };
        let chosen = [Chosen { turn: 1, seat, choice: harshest, votes: vec![] }];
        let played = Ready::of(&cast.request(&base, &ready, &[seat], &chosen), 1).unwrap();
        // What a state does by other rules than that of answering, such as mediating, it may still do.
        let acts: Vec<_> = own(&played.film(run)).into_iter().filter(|act| act.cause == "record").collect();
        assert_eq!(acts.len(), 1);
        assert_eq!(acts[0].code, code);
        assert_eq!(RungId(acts[0].rung), ready.simulation.setting().codes[usize::from(code)].rung);
        assert!(acts[0].rung >= 5);
    }

    #[test]
    fn a_seat_hears_what_its_government_heard_by_then_and_nothing_else() {
        let ready = Ready::of(&base("canada-saudi-2018"), 1).unwrap();
        let film = ready.film(0);
        let cast = Cast::of(&ready, &film).unwrap();
        let reference = ready.simulation.setting().reference;
        for &seat in &cast.seats {
            let heard = cast.heard(seat, &film, &ready, reference);
            let limit = seconds(ready.simulation.setting(), reference);
            assert!(heard.as_array().unwrap().iter().all(|entry| entry["time"].as_i64().unwrap() <= limit));
        }
        // The message of reference reaches the government addressed only later.
        let target = Seat::Government(cast.target);
        let draft = cast.draft(&ready)["text"].clone();
        let knows = |hours| {
            let heard = cast.heard(target, &film, &ready, reference + TimeSpan::from_hours(hours));
            heard.as_array().unwrap().iter().any(|entry| entry["text"] == draft)
        };
        assert!(!knows(0) && knows(24));
    }

    #[test]
    fn most_votes_decide_and_a_tie_changes_least() {
        let choices: Vec<Choice> =
            ["a", "b", "c"].iter().map(|id| choice(id, "", "", Deed::Nothing)).collect();
        let decide = |votes: &[usize]| decided(&choices, votes.iter().copied()).unwrap().0;
        assert_eq!((decide(&[2, 2, 1]), decide(&[1, 2]), decide(&[])), (2, 1, 0));
        assert_eq!(decided(&choices, [7, 1].into_iter()).unwrap(), (1, vec![0, 1, 0]));
    }
}
