//! What is measured of each message of the script.

use super::layout::Columns;
use crate::model::event::Cause;
use crate::model::ids::{CountryId, MessageId, PublicId, RungId, ScriptId, StateId};
use crate::model::outcome::{OutcomeKind, SeriesGroup, Unit};
use crate::model::setting::{OFFICIAL, ScriptMessage, Setting, When};
use crate::model::world::{Origin, World};
use crate::units::TimeSpan;

pub(super) fn describe(setting: &Setting, columns: &mut Columns) {
    use OutcomeKind::{Continuous, Discrete, YesNo};
    for (idx, message) in setting.script.messages.iter().enumerate() {
        let id = &message.id;
        let mut add = |name: &str, unit, kind, text: &str| {
            columns.outcome(
                format!("message.{id}.{name}"),
                unit,
                kind,
                text.replace("{}", &format!("`{id}`")),
            );
        };
        add("posted", Unit::YesNo, YesNo, "{} was posted");
        if is_waiting(message) {
            add(
                "posted_hours",
                Unit::Hours,
                Continuous,
                "time from the message of reference to the posting of {}",
            );
        }
        add(
            "shares",
            Unit::Shares,
            Continuous,
            "reposts and quotes of {} until the horizon, weighted to real accounts",
        );
        add("impressions", Unit::Impressions, Continuous, "times {} came before a reader");
        add("reach", Unit::People, Continuous, "people of the simulated publics who saw {} itself");
        add("direct_reach", Unit::People, Continuous, "those of them who saw {} from its author");
        if message.target.is_some() {
            add(
                "reach_target",
                Unit::Share,
                Continuous,
                "share of the target country's users who saw {} or coverage of it",
            );
        }
        add("officials", Unit::People, Continuous, "officials of the simulated publics who saw {} itself");
        add("depth", Unit::Count, Discrete, "steps from {} to the farthest share of the simulated cascade");
        add("breadth", Unit::Count, Discrete, "most shares at one depth of the simulated cascade of {}");
        add(
            "structural_virality",
            Unit::Count,
            Continuous,
            "mean distance of two nodes of the simulated cascade of {}",
        );
        add("half_hours", Unit::Hours, Continuous, "time until half of the shares of {} were made");
        add(
            "reframed",
            Unit::Share,
            Continuous,
            "share of the shares of {} that passed it on in another frame than its author's",
        );
        add(
            "variants",
            Unit::Count,
            Discrete,
            "variants of the text of {} in the simulated cascade, the author's among them",
        );
        add(
            "largest_variant",
            Unit::Share,
            Continuous,
            "share of the shares of {} that have its commonest text",
        );
        add("coverage", Unit::Count, Discrete, "press outlets that reported on {}");
        if message.target.is_some() {
            describe_response(&mut add);
        }
        if message.deleted_after.is_some() {
            add(
                "share_at_deletion",
                Unit::Share,
                Continuous,
                "share of all shares of {} that were made when it was deleted",
            );
            add(
                "reached_at_deletion",
                Unit::Share,
                Continuous,
                "share of the final reach of {} that it had when it was deleted",
            );
        }
        for span in moments(ScriptId::new(idx), setting) {
            let name = format!("share_after.{}", span.to_string().replace(' ', ""));
            add(
                &name,
                Unit::Share,
                Continuous,
                &format!("share of all shares of {{}} that were made {span} after it was posted"),
            );
        }
        columns.series(format!("message.{id}.shares"), id.clone(), Unit::Shares, SeriesGroup::Shares);
        for country in countries_of(message, setting) {
            let country = &setting.countries[country.idx()];
            let series = format!("message.{id}.reach.{}", country.code);
            columns.series(series, format!("{id}, {}", country.name), Unit::People, SeriesGroup::Reach);
        }
    }
}

/// Whether a message is posted when something happens, not at a time of its own.
fn is_waiting(message: &ScriptMessage) -> bool {
    !matches!(message.when, When::At(_))
}

/// Times after the posting of `message` for which the scenario asks what had been made of its shares.
fn moments(message: ScriptId, setting: &Setting) -> impl Iterator<Item = TimeSpan> {
    setting.asked.moments.iter().filter(move |(of, _)| *of == message).map(|(_, span)| *span)
}

/// What is measured of the state addressed.
fn describe_response(add: &mut impl FnMut(&str, Unit, OutcomeKind, &str)) {
    use OutcomeKind::{Continuous, Discrete, YesNo};
    add("heard", Unit::YesNo, YesNo, "the state addressed heard of {}");
    add(
        "heard_hours",
        Unit::Hours,
        Continuous,
        "time from {} until the state addressed heard of it, where it did",
    );
    add("heard_harsher", Unit::YesNo, YesNo, "the state addressed took {} for a harsher act than was meant");
    add(
        "inferred_intent",
        Unit::Goldstein,
        Continuous,
        "what the state addressed took the author's state to intend once it had thought about {}, all voices weighed",
    );
    add("answered", Unit::YesNo, YesNo, "the state addressed answered {} by an act");
    add("answer_rung", Unit::Rung, Discrete, "rung of the answer to {}, where there was one");
    add("answer_hours", Unit::Hours, Continuous, "time from {} to the first act in answer to it");
}

/// Countries in which reach is followed over time: the target's and the author's.
pub(super) fn countries_of(message: &ScriptMessage, setting: &Setting) -> Vec<CountryId> {
    let author = setting.voices[message.voice.idx()].state;
    let mut countries: Vec<CountryId> = [message.target, author]
        .into_iter()
        .flatten()
        .map(|state| setting.states[state.idx()].country)
        .collect();
    countries.dedup();
    countries.retain(|&country| setting.publics_of(country).next().is_some());
    countries
}

/// Messages of the script with what became of them in this run.
fn scripted<'w>(world: &'w World<'_>) -> impl Iterator<Item = (&'w ScriptMessage, Option<MessageId>)> {
    let messages = world.setting.script.messages.iter().enumerate();
    messages.map(|(idx, message)| (message, world.posted(ScriptId::new(idx))))
}

pub(super) fn series(world: &World<'_>, audiences: &[Vec<CountryId>], row: &mut Vec<f32>) {
    for ((_, id), countries) in scripted(world).zip(audiences) {
        row.push(id.map_or(0.0, |id| world.spread(id).cascade.shares() as f32));
        for &country in countries {
            row.push(id.map_or(0.0, |id| reach_in(id, country, world) as f32));
        }
    }
}

/// People of a country who saw the message itself.
fn reach_in(id: MessageId, country: CountryId, world: &World<'_>) -> f64 {
    let publics = world.publics_of(country);
    publics
        .iter()
        .map(|&public| world.setting.publics[public.idx()].n_real * world.spread(id).seen_share(public))
        .sum()
}

/// Officials who saw the message itself.
fn officials(id: MessageId, world: &World<'_>) -> f64 {
    let publics = world.setting.publics.iter().enumerate();
    let official = publics.filter(|(_, public)| public.role == OFFICIAL);
    official.map(|(idx, public)| public.n_real * world.spread(id).seen_share(PublicId::new(idx))).sum()
}

/// Share of a country's users who saw the message or coverage of it, as if one said nothing on the other.
fn reach_with_coverage(topic: MessageId, country: CountryId, world: &World<'_>) -> f64 {
    let about_it: Vec<MessageId> =
        (0..world.messages.len()).map(MessageId::new).filter(|&id| world.topic(id) == topic).collect();
    let mut seen = 0.0;
    for &public in world.publics_of(country) {
        let unseen: f64 = about_it.iter().map(|&id| 1.0 - world.spread(id).seen_share(public)).product();
        seen += world.setting.publics[public.idx()].n_real * (1.0 - unseen);
    }
    seen / world.setting.countries[country.idx()].n_users
}

pub(super) fn scalars(world: &World<'_>, scalars: &mut Vec<f64>) {
    for (idx, (message, id)) in scripted(world).enumerate() {
        let spans = moments(ScriptId::new(idx), world.setting);
        match id {
            Some(id) => posted(id, message, spans, world, scalars),
            None => not_posted(message, spans.count(), scalars),
        }
    }
}

/// No shares and no answer, and nothing that could have a shape or a time.
fn not_posted(message: &ScriptMessage, n_moments: usize, scalars: &mut Vec<f64>) {
    let is_addressed = message.target.is_some();
    scalars.push(0.0);
    scalars.extend(is_waiting(message).then_some(f64::NAN));
    scalars.extend([0.0; 4]);
    scalars.extend(is_addressed.then_some(0.0));
    scalars.push(0.0);
    scalars.extend([f64::NAN; 7]);
    scalars.push(0.0);
    if is_addressed {
        scalars.extend([0.0, f64::NAN, 0.0, f64::NAN, 0.0, f64::NAN, f64::NAN]);
    }
    scalars.extend(message.deleted_after.into_iter().flat_map(|_| [f64::NAN; 2]));
    scalars.extend(std::iter::repeat_n(f64::NAN, n_moments));
}

fn posted(
    id: MessageId,
    message: &ScriptMessage,
    moments: impl Iterator<Item = TimeSpan>,
    world: &World<'_>,
    scalars: &mut Vec<f64>,
) {
    let spread = world.spread(id);
    let shape = spread.cascade.shape();
    let countries = (0..world.setting.countries.len()).map(CountryId::new);
    let posted = world.message(id).posted;
    scalars.push(1.0);
    scalars.extend(is_waiting(message).then(|| posted.since(world.setting.reference).as_hours()));
    scalars.extend([spread.cascade.shares(), spread.impressions.iter().sum()]);
    scalars.push(countries.map(|country| reach_in(id, country, world)).sum());
    scalars.push(spread.reached_directly.unwrap_or(0.0));
    if let Some(target) = message.target {
        scalars.push(reach_with_coverage(id, world.setting.states[target.idx()].country, world));
    }
    scalars.push(officials(id, world));
    scalars.extend([f64::from(shape.depth), f64::from(shape.breadth)]);
    scalars.push(shape.structural_virality.unwrap_or(f64::NAN));
    scalars.push(spread.cascade.time_to_share(0.5).map_or(f64::NAN, TimeSpan::as_hours));
    let variants = spread.cascade.variants();
    scalars.push(spread.cascade.reframed_share().unwrap_or(f64::NAN));
    scalars.push(variants.sizes.len() as f64);
    scalars.push(variants.largest.unwrap_or(f64::NAN));
    scalars.push(world.messages.iter().filter(|other| is_coverage_of(other.origin, id)).count() as f64);
    if let Some(target) = message.target {
        response(id, message, target, world, scalars);
    }
    if message.deleted_after.is_some() {
        let deleted = world.message(id).deleted;
        scalars.push(deleted.and_then(|time| spread.cascade.share_made_until(time)).unwrap_or(f64::NAN));
        let reached = spread.reached_at_deletion.map(|reached| reached / world.reach(id));
        scalars.push(reached.filter(|share| share.is_finite()).unwrap_or(f64::NAN));
    }
    scalars.extend(moments.map(|span| spread.cascade.share_made_until(posted + span).unwrap_or(f64::NAN)));
}

fn is_coverage_of(origin: Origin, topic: MessageId) -> bool {
    matches!(origin, Origin::Coverage { about, .. } if about == topic)
}

/// Whether the state addressed heard, how it understood, whether, how and when it answered.
fn response(
    id: MessageId,
    message: &ScriptMessage,
    target: StateId,
    world: &World<'_>,
    scalars: &mut Vec<f64>,
) {
    let hearing = world.hearing(target, id);
    let is_harsher =
        hearing.and_then(|hearing| hearing.understood).is_some_and(|code| message.heard_as == Some(code));
    let answers = || world.acts.iter().filter(|act| act.actor == target && act.cause == Cause::Message(id));
    let first = answers().next();
    scalars.push(f64::from(u8::from(hearing.is_some())));
    let posted = world.message(id).posted;
    scalars.push(hearing.map_or(f64::NAN, |hearing| hearing.time.since(posted).as_hours()));
    scalars.push(f64::from(u8::from(is_harsher)));
    let author = world.message(id).author;
    let dyad = author.map(|author| world.setting.dyad_idx(target, author));
    let reading = world.readings.iter().find(|(of, about, _)| Some(*of) == dyad && *about == id);
    scalars.push(reading.map_or(f64::NAN, |(.., intent)| intent.weight));
    scalars.push(f64::from(u8::from(first.is_some())));
    let rung = answers().map(|act| act.rung).max().filter(|&rung| rung > RungId::NONE);
    scalars.push(rung.map_or(f64::NAN, |rung| f64::from(rung.0)));
    scalars.push(first.map_or(f64::NAN, |act| act.time.since(world.message(id).posted).as_hours()));
}
