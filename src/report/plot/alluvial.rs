//! From the first act to the highest rung: how many runs begin where, and where those end.

use super::axis::Axis;
use super::figure::{Anchor, Figure, Ink, TextStyle};
use super::panel::{self, Frame, Panel};
use super::{PlotInput, theme};
use crate::model::outcome::{Outcome, SeriesGroup};
use crate::report::human::grouped;
use std::collections::BTreeMap;

/// Directed pairs of states that are shown, at the most.
const N_DYADS: usize = 2;
/// Height of one panel.
const HEIGHT: f64 = 300.0;
/// Room for the names of rungs at each side.
const SIDE: f64 = 300.0;
/// Width of the bars.
const BAR: f64 = 14.0;
/// Space between two bars above one another.
const GAP: f64 = 5.0;
/// Pieces of the curve of a ribbon.
const PIECES: usize = 24;

/// Rung of the first act and highest rung of one run; `None` for a run without any act.
type Path = Option<(u8, u8)>;

/// A panel for each directed pair of states that acts; `None` if no ladder is observed, or no state acts in any run.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    input.layout.series.iter().find(|spec| spec.group == SeriesGroup::Rung)?;
    let dyads = dyads(input);
    let (_, first) = dyads.first()?;
    let title = finding(input, dyads[0].0, first);
    let shown = input.aggregate.scalars.first().len();
    let runs = if shown < input.summary.runs {
        format!("first {} runs", grouped(shown as u64))
    } else {
        "runs".to_owned()
    };
    let note = format!("each ribbon is a share of the {runs}; acts on record are left out");
    let (mut figure, frame) = panel::headed(&title, &input.subtitle(&note), &[], HEIGHT * dyads.len() as f64);
    for (index, (dyad, paths)) in dyads.iter().enumerate() {
        let top = frame.top + HEIGHT * index as f64;
        draw(&mut figure, input, *dyad, paths, Frame { top, bottom: top + HEIGHT, ..frame });
    }
    Some(figure)
}

/// The pairs whose acts climb most on average, with the path of each run.
fn dyads(input: &PlotInput<'_>) -> Vec<((u16, u16), Vec<Path>)> {
    let mut climbed: BTreeMap<(u16, u16), u64> = BTreeMap::new();
    for outcome in input.aggregate.scalars.first() {
        let mut peaks: BTreeMap<(u16, u16), u8> = BTreeMap::new();
        for act in &outcome.acts {
            let peak = peaks.entry((act.actor, act.target)).or_default();
            *peak = (*peak).max(act.rung);
        }
        peaks.into_iter().for_each(|(dyad, peak)| *climbed.entry(dyad).or_default() += u64::from(peak));
    }
    let mut order: Vec<((u16, u16), u64)> = climbed.into_iter().filter(|(_, sum)| *sum > 0).collect();
    order.sort_by_key(|&(dyad, sum)| (std::cmp::Reverse(sum), dyad));
    order.truncate(N_DYADS);
    let paths = |dyad| input.aggregate.scalars.first().iter().map(|outcome| path(outcome, dyad)).collect();
    order.into_iter().map(|(dyad, _)| (dyad, paths(dyad))).collect()
}

fn path(outcome: &Outcome, dyad: (u16, u16)) -> Path {
    let mut rungs =
        outcome.acts.iter().filter(|act| (act.actor, act.target) == dyad && act.rung > 0).map(|act| act.rung);
    let first = rungs.next()?;
    Some((first, rungs.fold(first, u8::max)))
}

/// How often the first act is already the harshest.
fn finding(input: &PlotInput<'_>, dyad: (u16, u16), paths: &[Path]) -> String {
    let acted: Vec<(u8, u8)> = paths.iter().flatten().copied().collect();
    let at_once = acted.iter().filter(|(first, peak)| first == peak).count();
    format!(
        "{}: in {:.0} % of the runs with an act the first one is already on the highest rung",
        name(input, dyad),
        100.0 * at_once as f64 / acted.len().max(1) as f64
    )
}

/// The pair for people, as its tension is labelled.
fn name(input: &PlotInput<'_>, (actor, target): (u16, u16)) -> String {
    let state = |index: u16| input.layout.states.get(usize::from(index)).map_or("", String::as_str);
    let id = format!("dyad.{}-{}.tension", state(actor), state(target));
    let known = input.layout.series.iter().find(|spec| spec.id == id);
    known.map_or_else(|| format!("{} towards {}", state(actor), state(target)), |spec| spec.label.clone())
}

/// A bar: a rung (`None` for no act) with its share of runs and where it lies.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Bar {
    rung: Option<u8>,
    share: f64,
    top: f64,
    height: f64,
}

fn draw(figure: &mut Figure, input: &PlotInput<'_>, dyad: (u16, u16), paths: &[Path], cell: Frame) {
    let frame = cell.inset(SIDE, 40.0, SIDE, 16.0);
    let panel = Panel { cell, frame, x: Axis::bare(0.0, 1.0), y: Axis::bare(0.0, 1.0) };
    let heading = TextStyle::new(theme::TEXT_SIZE, theme::BLACK).bold();
    figure.text(name(input, dyad), (cell.left, cell.top + 10.0), Anchor::Start, heading);
    let quiet = TextStyle::new(theme::SMALL_SIZE, theme::GREY);
    figure.text("first act", (frame.left + BAR, cell.top + 28.0), Anchor::End, quiet);
    figure.text("highest rung", (frame.right - BAR, cell.top + 28.0), Anchor::Start, quiet);

    let firsts = bars(paths, |path| path.map(|(first, _)| first), frame);
    let peaks = bars(paths, |path| path.map(|(_, peak)| peak), frame);
    let mut from: Vec<f64> = firsts.iter().map(|bar| bar.top).collect();
    let mut to: Vec<f64> = peaks.iter().map(|bar| bar.top).collect();
    for (start, first) in firsts.iter().enumerate() {
        for (end, peak) in peaks.iter().enumerate() {
            let is_both = |path: &&Path| match **path {
                None => first.rung.is_none() && peak.rung.is_none(),
                Some((one, highest)) => first.rung == Some(one) && peak.rung == Some(highest),
            };
            let share = paths.iter().filter(is_both).count() as f64 / paths.len() as f64;
            if share > 0.0 {
                let heights = (share / first.share * first.height, share / peak.share * peak.height);
                ribbon(
                    figure,
                    frame,
                    (from[start], to[end]),
                    heights,
                    ink(input, peak.rung).with_opacity(0.55),
                );
                from[start] += heights.0;
                to[end] += heights.1;
            }
        }
    }
    for (bars, left) in [(&firsts, frame.left), (&peaks, frame.right - BAR)] {
        for bar in bars {
            figure.rectangle((left, bar.top), (left + BAR, bar.top + bar.height), ink(input, bar.rung));
        }
    }
    write(figure, input, &panel, &firsts, (frame.left - 8.0, Anchor::End));
    write(figure, input, &panel, &peaks, (frame.right + 8.0, Anchor::Start));
}

/// Bars from the highest rung down to no act; heights are as the shares, without the gaps.
fn bars(paths: &[Path], rung: impl Fn(&Path) -> Option<u8>, frame: Frame) -> Vec<Bar> {
    let mut counts: BTreeMap<Option<u8>, usize> = BTreeMap::new();
    paths.iter().for_each(|path| *counts.entry(rung(path)).or_default() += 1);
    let room = frame.bottom - frame.top - GAP * counts.len().saturating_sub(1) as f64;
    let mut top = frame.top;
    let bar = |(rung, count): (Option<u8>, usize)| {
        let share = count as f64 / paths.len() as f64;
        let bar = Bar { rung, share, top, height: share * room };
        top += bar.height + GAP;
        bar
    };
    counts.into_iter().rev().map(bar).collect()
}

fn ribbon(figure: &mut Figure, frame: Frame, tops: (f64, f64), heights: (f64, f64), ink: Ink) {
    let (left, right) = (frame.left + BAR, frame.right - BAR);
    let at = |piece: usize, from: f64, to: f64| {
        let share = piece as f64 / PIECES as f64;
        // A smooth step: level at both ends.
        let eased = share * share * (3.0 - 2.0 * share);
        (left + share * (right - left), from + eased * (to - from))
    };
    let upper = (0..=PIECES).map(|piece| at(piece, tops.0, tops.1));
    let lower = (0..=PIECES).rev().map(|piece| at(piece, tops.0 + heights.0, tops.1 + heights.1));
    figure.area(upper.chain(lower).collect(), ink);
}

fn ink(input: &PlotInput<'_>, rung: Option<u8>) -> Ink {
    let highest = (input.layout.rungs.len().max(2) - 1) as f64;
    rung.map_or(theme::AXIS, |rung| theme::ramp(f64::from(rung) / highest))
}

fn write(
    figure: &mut Figure,
    input: &PlotInput<'_>,
    panel: &Panel,
    bars: &[Bar],
    (x, anchor): (f64, Anchor),
) {
    let style = TextStyle::new(theme::SMALL_SIZE, theme::BLACK);
    let heights = panel.apart(bars.iter().map(|bar| bar.top + bar.height / 2.0).collect());
    for (bar, y) in bars.iter().zip(heights) {
        let name = match bar.rung {
            None => "no act",
            Some(rung) => input.layout.rungs.get(usize::from(rung)).map_or("", |(_, name)| name),
        };
        let share =
            if bar.share < 0.005 { "< 1 %".to_owned() } else { format!("{:.0} %", 100.0 * bar.share) };
        let text = match anchor {
            Anchor::End => format!("{name}  {share}"),
            _ => format!("{share}  {name}"),
        };
        let (text, style) = panel::fitted(&text, style, SIDE - 10.0);
        figure.text(text, (x, y), anchor, style);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::tests::Made;
    use crate::report::sample;

    #[test]
    fn a_path_leads_from_the_first_act_to_the_highest_one() {
        let made = Made::of(sample::ensemble(40));
        for outcome in &made.sample.outcomes {
            let rungs: Vec<u8> = outcome.acts.iter().map(|act| act.rung).filter(|rung| *rung > 0).collect();
            let dyad = outcome.acts.first().map(|act| (act.actor, act.target));
            let is_one_dyad = outcome.acts.iter().all(|act| Some((act.actor, act.target)) == dyad);
            if let Some(dyad) = dyad.filter(|_| is_one_dyad) {
                let expected = rungs.first().map(|&first| (first, rungs.iter().copied().fold(0, u8::max)));
                assert_eq!(path(outcome, dyad), expected);
            }
        }
    }

    #[test]
    fn shares_of_the_bars_add_up_and_bars_do_not_touch() {
        let frame = Frame { left: 0.0, top: 0.0, right: 100.0, bottom: 200.0 };
        let paths = [None, Some((1, 3)), Some((3, 3)), Some((1, 1))];
        let bars = bars(&paths, |path| path.map(|(_, peak)| peak), frame);
        let rungs: Vec<Option<u8>> = bars.iter().map(|bar| bar.rung).collect();
        assert_eq!(rungs, [Some(3), Some(1), None]);
        assert_eq!(bars.iter().map(|bar| bar.share).collect::<Vec<_>>(), [0.5, 0.25, 0.25]);
        assert!(bars.windows(2).all(|pair| (pair[0].top + pair[0].height + GAP - pair[1].top).abs() < 1e-9));
        assert!((bars[2].top + bars[2].height - 200.0).abs() < 1e-9);
    }
}
