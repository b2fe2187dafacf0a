//! Places of a few things that pull one another together and push one another apart.

use super::power::Point;

/// The angle between neighbours on a spiral that covers a disc evenly.
const GOLDEN_ANGLE: f64 = 2.399_963_229_728_653;
/// Rounds of moving.
const ROUNDS: usize = 400;
/// How far a thing may move in the first round.
const FIRST_STEP: f64 = 0.1;

/// A place from 0 to 1 in both directions for each of `sizes`; those that pull one another hard are near one another.
///
/// `pulls[i][j]` is not negative; what both directions say is added. Fruchterman and Reingold (1991): attraction d²/k × pull relative to
/// the mean, repulsion k²/d, a step that cools linearly.
pub(super) fn places(pulls: &[Vec<f64>], sizes: &[f64]) -> Vec<Point> {
    let n = sizes.len();
    // Begins on a spiral: nothing coincides, and no symmetry keeps apart what belongs together.
    let start = |idx: usize| {
        let angle = GOLDEN_ANGLE * idx as f64;
        let distance = 0.45 * ((idx as f64 + 0.5) / n as f64).sqrt();
        (0.5 + distance * libm::cos(angle), 0.5 + distance * libm::sin(angle))
    };
    let mut places: Vec<Point> = (0..n).map(start).collect();
    let pull = |one: usize, other: usize| pulls[one][other] + pulls[other][one];
    let all: f64 = (0..n).map(|one| (0..n).map(|other| pull(one, other)).sum::<f64>()).sum();
    let mean = all / (n * n.saturating_sub(1)).max(1) as f64;
    let spacing = 0.7 / (n.max(1) as f64).sqrt();
    for round in 0..ROUNDS {
        let step = FIRST_STEP * (1.0 - round as f64 / ROUNDS as f64);
        let forces: Vec<Point> = (0..n)
            .map(|one| {
                let (mut x, mut y) = (0.0, 0.0);
                for other in (0..n).filter(|&other| other != one) {
                    let gap = (places[other].0 - places[one].0, places[other].1 - places[one].1);
                    let distance = libm::hypot(gap.0, gap.1).max(1e-6);
                    // Its logarithm, or one pair would outweigh all others.
                    let strength = if mean > 0.0 { libm::log1p(pull(one, other) / mean) } else { 0.0 };
                    let force = strength * distance * distance / spacing - spacing * spacing / distance;
                    x += force * gap.0 / distance;
                    y += force * gap.1 / distance;
                }
                // A weak pull to the middle keeps what is linked to nobody on the map.
                (x + 0.3 * (0.5 - places[one].0), y + 0.3 * (0.5 - places[one].1))
            })
            .collect();
        for (place, force) in places.iter_mut().zip(&forces) {
            let length = libm::hypot(force.0, force.1).max(1e-9);
            let moved = length.min(step) / length;
            place.0 = (place.0 + force.0 * moved).clamp(0.03, 0.97);
            place.1 = (place.1 + force.1 * moved).clamp(0.03, 0.97);
        }
    }
    stretched(&places)
}

/// Uses all of the room.
fn stretched(places: &[Point]) -> Vec<Point> {
    let ends = |value: fn(&Point) -> f64| {
        let values = places.iter().map(value);
        values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), at| (low.min(at), high.max(at)))
    };
    let (across, down) = (ends(|place| place.0), ends(|place| place.1));
    let stretch = |value: f64, (low, high): (f64, f64)| {
        if high - low > 1e-9 { 0.12 + 0.76 * (value - low) / (high - low) } else { 0.5 }
    };
    places.iter().map(|place| (stretch(place.0, across), stretch(place.1, down))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linked_is_near_and_nothing_coincides() {
        // Two groups of three.
        let linked = |one: usize, other: usize| if one != other && one % 2 == other % 2 { 5.0 } else { 0.1 };
        let pulls: Vec<Vec<f64>> =
            (0..6).map(|one| (0..6).map(|other| linked(one, other)).collect()).collect();
        let places = places(&pulls, &[1.0; 6]);
        let distance = |one: usize, other: usize| {
            libm::hypot(places[one].0 - places[other].0, places[one].1 - places[other].1)
        };
        let (mut within, mut across) = (0.0, 0.0);
        for one in 0..6 {
            for other in 0..one {
                assert!(distance(one, other) > 0.02);
                *(if one % 2 == other % 2 { &mut within } else { &mut across }) += distance(one, other);
            }
        }
        assert!(within / 6.0 < 0.7 * across / 9.0, "{within} {across}");
    }

    #[test]
    fn one_or_none_has_a_place_too() {
        assert_eq!(places(&[vec![0.0]], &[1.0]), [(0.5, 0.5)]);
        assert!(places(&[], &[]).is_empty());
    }
}
