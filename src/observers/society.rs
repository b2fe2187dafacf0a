//! What is measured of recognitions and mobilisations.

use super::layout::Columns;
use crate::model::outcome::{OutcomeKind, SeriesGroup, Unit};
use crate::model::setting::Setting;
use crate::model::society::{Mobilisation, Mobilised, Move, Recognition};
use crate::model::world::World;
use crate::units::{SimTime, TimeSpan};

/// Days over which the largest flow is taken, and that before its end.
const WEEK: usize = 7;

/// Groups of members by how they stand towards what is recognised.
const GROUPS: [(&str, &str, f64, f64); 3] = [
    ("friends", "those who stand by it (0.5 and more)", 0.5, f64::INFINITY),
    ("others", "those in between", 0.0, 0.5),
    ("rivals", "those against it (below 0)", f64::NEG_INFINITY, 0.0),
];

pub(super) fn describe(setting: &Setting, columns: &mut Columns) {
    for entry in &setting.script.recognitions {
        describe_recognition(entry, columns);
    }
    for entry in &setting.script.mobilisations {
        describe_mobilisation(entry, columns);
    }
}

fn describe_recognition(entry: &Recognition, columns: &mut Columns) {
    use OutcomeKind::{Continuous, Discrete, YesNo};
    let id = &entry.id;
    let mut add = |name: String, unit, kind, text: String| {
        columns.outcome(format!("recognition.{id}.{name}"), unit, kind, text);
    };
    add("moved".to_owned(), Unit::Count, Discrete, format!("members that recognised in `{id}`"));
    for member in &entry.members {
        let who = &member.id;
        add(format!("{who}.moved"), Unit::YesNo, YesNo, format!("{who} recognised in `{id}`"));
        let soon = format!("{who} recognised in `{id}` within twelve hours");
        add(format!("{who}.within_12h"), Unit::YesNo, YesNo, soon);
        let hours = format!("time until {who} recognised in `{id}`");
        add(format!("{who}.hours"), Unit::Hours, Continuous, hours);
    }
    for (group, text, ..) in GROUPS.iter().filter(|group| in_group(entry, group).next().is_some()) {
        let series = format!("recognition.{id}.{group}");
        columns.series(series, format!("{id}: {text}"), Unit::Share, SeriesGroup::Recognised);
    }
}

/// Positions of the members of a group.
fn in_group<'e>(
    entry: &'e Recognition,
    &(_, _, low, high): &'e (&str, &str, f64, f64),
) -> impl Iterator<Item = u16> + 'e {
    let members = entry.members.iter().enumerate();
    members.filter(move |(_, member)| (low..high).contains(&member.standing)).map(|(idx, _)| idx as u16)
}

fn describe_mobilisation(entry: &Mobilisation, columns: &mut Columns) {
    use OutcomeKind::Continuous;
    let id = &entry.id;
    let mut add = |name: String, unit, text: String| {
        columns.outcome(format!("mobilisation.{id}.{name}"), unit, Continuous, text);
    };
    add("total".to_owned(), Unit::People, format!("people who came in `{id}`"));
    for month in &entry.months {
        let text = format!("people who came in `{id}` in {}, as far as it is simulated", month.name);
        add(month.name.clone(), Unit::People, text);
    }
    add("peak_per_day".to_owned(), Unit::People, format!("most people a day in `{id}`, mean of a week"));
    add(
        "peak_hours".to_owned(),
        Unit::Hours,
        format!("time from the message of reference to the end of the week with the most people in `{id}`"),
    );
    add(
        "fall_after_peak".to_owned(),
        Unit::Share,
        format!(
            "share by which people a day in `{id}` had fallen three weeks after the peak (means of a week)"
        ),
    );
    add(
        "believers".to_owned(),
        Unit::People,
        format!("people who at the end believe and have not moved in `{id}`"),
    );
    columns.series(format!("mobilisation.{id}.per_day"), id.clone(), Unit::People, SeriesGroup::Arrivals);
}

fn moves<'w>(recognition: usize, world: &'w World<'_>) -> impl Iterator<Item = &'w Move> {
    world.moves.iter().filter(move |moved| usize::from(moved.recognition) == recognition)
}

pub(super) fn series(world: &World<'_>, row: &mut Vec<f32>) {
    for (idx, entry) in world.setting.script.recognitions.iter().enumerate() {
        for group in &GROUPS {
            let all = in_group(entry, group).count();
            let moved =
                in_group(entry, group).filter(|member| moves(idx, world).any(|it| it.member == *member));
            if all > 0 {
                row.push(moved.count() as f32 / all as f32);
            }
        }
    }
    for idx in 0..world.setting.script.mobilisations.len() {
        let last = world.mobilised.get(idx).and_then(|mobilised| mobilised.arrivals.last());
        row.push(last.map_or(0.0, |arrivals| *arrivals as f32));
    }
}

pub(super) fn scalars(world: &World<'_>, scalars: &mut Vec<f64>) {
    let yes = |is: bool| f64::from(u8::from(is));
    for (idx, entry) in world.setting.script.recognitions.iter().enumerate() {
        let begun = world.posted_publicly(entry.after).map(|id| world.message(id).posted);
        scalars.push(moves(idx, world).count() as f64);
        for member in 0..entry.members.len() as u16 {
            let moved = moves(idx, world).find(|it| it.member == member);
            let hours = moved.zip(begun).map(|(moved, begun)| moved.time.since(begun).as_hours());
            scalars.push(yes(moved.is_some()));
            scalars.push(yes(hours.is_some_and(|hours| hours <= 12.0)));
            scalars.push(hours.unwrap_or(f64::NAN));
        }
    }
    let nobody = Mobilised::default();
    for (idx, entry) in world.setting.script.mobilisations.iter().enumerate() {
        of_mobilisation(entry, world.mobilised.get(idx).unwrap_or(&nobody), world.setting.reference, scalars);
    }
}

fn of_mobilisation(entry: &Mobilisation, mobilised: &Mobilised, reference: SimTime, scalars: &mut Vec<f64>) {
    let arrivals = &mobilised.arrivals;
    let sum = |from: usize, to: usize| {
        arrivals[from.min(arrivals.len())..to.min(arrivals.len())].iter().sum::<f64>()
    };
    scalars.push(sum(0, arrivals.len()));
    scalars.extend(entry.months.iter().map(|month| sum(month.first_day as usize, month.end_day as usize)));
    let weekly = |end: usize| sum(end - WEEK, end) / WEEK as f64;
    // The first of several equal weeks.
    let peak = (WEEK..=arrivals.len()).fold(None, |best: Option<(usize, f64)>, end| {
        let found = weekly(end);
        if best.is_some_and(|(_, most)| most >= found) { best } else { Some((end, found)) }
    });
    let after_peak = |end: usize| SimTime::START + TimeSpan::from_days(end as i64);
    let later = peak.map(|(end, _)| end + 3 * WEEK).filter(|&later| later <= arrivals.len());
    scalars.push(peak.map_or(f64::NAN, |(_, most)| most));
    scalars.push(peak.map_or(f64::NAN, |(end, _)| after_peak(end).since(reference).as_hours()));
    let fall = peak
        .zip(later)
        .filter(|((_, most), _)| *most > 0.0)
        .map(|((_, most), later)| 1.0 - weekly(later) / most);
    scalars.push(fall.unwrap_or(f64::NAN));
    scalars.push(mobilised.believers);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cascade::Frame;
    use crate::model::ids::ScriptId;
    use crate::model::society::Period;

    #[test]
    fn arrivals_are_summed_by_month_and_their_peak_and_fall_are_found() {
        let entry = Mobilisation {
            id: "it".to_owned(),
            key: 0,
            message: ScriptId(0),
            frame: Frame::Distorted,
            publics: Vec::new(),
            people: 1.0,
            background: 0.0,
            pushes: Vec::new(),
            corrections: Vec::new(),
            months: vec![
                Period { name: "a".to_owned(), first_day: 0, end_day: 10 },
                Period { name: "b".to_owned(), first_day: 10, end_day: 45 },
            ],
        };
        let arrivals = [vec![1.0; 10], vec![8.0; 7], vec![2.0; 23]].concat();
        let mobilised = Mobilised { believers: 5.0, gone: 0.0, arrivals };
        let mut scalars = Vec::new();
        of_mobilisation(&entry, &mobilised, SimTime::START, &mut scalars);
        assert_eq!(scalars, [112.0, 10.0, 102.0, 8.0, 17.0 * 24.0, 0.75, 5.0]);
        let (mut short, begun) = (Vec::new(), Mobilised { arrivals: vec![3.0], ..Mobilised::default() });
        of_mobilisation(&entry, &begun, SimTime::START, &mut short);
        assert_eq!(short[..3], [3.0, 3.0, 0.0]);
        assert!(short[3..6].iter().all(|value| value.is_nan()));
    }
}
