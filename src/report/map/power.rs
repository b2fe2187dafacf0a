//! Dividing a convex polygon into convex parts of given sizes: a power diagram whose sites and weights adapt.
//!
//! Sites move to the middle of their parts, as in Voronoi treemaps (Nocaj and Brandes, 2012); weights follow the gradient of the concave
//! function whose maximum has the areas asked for (Aurenhammer, Hoffmann and Aronov, 1998). Half-planes are cut one by one instead of a
//! hull: maps have a few dozen regions.

/// A place on the map.
pub type Point = (f64, f64);
/// The corners of a convex region in order.
pub type Polygon = Vec<Point>;

/// Rounds of moving the sites.
const ROUNDS: usize = 80;
/// Steps of the weights in each round.
const STEPS: usize = 4;
/// Length of a step: weights and areas have the same unit, and a part grows by about its own weight's growth.
const STEP: f64 = 0.3;
/// The golden angle.
const GOLDEN: f64 = 2.399_963_229_728_653;

/// Parts of `whole` around `sites` whose areas are as `sizes` are to one another.
pub(super) fn divide(whole: &[Point], mut sites: Vec<Point>, sizes: &[f64]) -> Vec<Polygon> {
    if sites.len() < 2 {
        return sites.iter().map(|_| whole.to_vec()).collect();
    }
    let per_size = area(whole) / sizes.iter().sum::<f64>();
    let asked: Vec<f64> = sizes.iter().map(|size| size * per_size).collect();
    let middle = centroid(whole);
    for site in &mut sites {
        if !holds(whole, *site) {
            *site = between(middle, *site, 0.3);
        }
    }
    let mut weights = vec![0.0; sites.len()];
    let mut parts = cells(whole, &sites, &weights);
    for _ in 0..ROUNDS {
        for (site, part) in sites.iter_mut().zip(&parts) {
            if part.len() >= 3 {
                *site = centroid(part);
            }
        }
        for _ in 0..STEPS {
            parts = cells(whole, &sites, &weights);
            for ((weight, part), asked) in weights.iter_mut().zip(&parts).zip(&asked) {
                *weight += STEP * (asked - area(part));
            }
        }
        parts = cells(whole, &sites, &weights);
    }
    parts
}

/// For each site the part of `whole` whose points x have the smallest |x − site|² − weight.
fn cells(whole: &[Point], sites: &[Point], weights: &[f64]) -> Vec<Polygon> {
    let cell = |own: usize| {
        let mut part = whole.to_vec();
        for other in (0..sites.len()).filter(|&other| other != own) {
            let (one, two) = (sites[own], sites[other]);
            let normal = (two.0 - one.0, two.1 - one.1);
            let squares = two.0 * two.0 + two.1 * two.1 - one.0 * one.0 - one.1 * one.1;
            part = cut(&part, normal, (squares + weights[own] - weights[other]) / 2.0);
        }
        part
    };
    (0..sites.len()).map(cell).collect()
}

/// The part of a convex polygon in which `normal`·x ≤ `limit`.
fn cut(polygon: &[Point], normal: Point, limit: f64) -> Polygon {
    let above = |point: Point| normal.0 * point.0 + normal.1 * point.1 - limit;
    let mut kept = Vec::with_capacity(polygon.len() + 1);
    for (idx, &from) in polygon.iter().enumerate() {
        let to = polygon[(idx + 1) % polygon.len()];
        let (start, end) = (above(from), above(to));
        if start <= 0.0 {
            kept.push(from);
        }
        if start * end < 0.0 {
            kept.push(between(from, to, start / (start - end)));
        }
    }
    kept
}

/// `n` places in a convex polygon, the first in the middle and the others around it.
pub(super) fn spiral(border: &[Point], n: usize) -> Vec<Point> {
    let middle = centroid(border);
    let place = |idx: usize| {
        let angle = GOLDEN * idx as f64;
        let share = (idx as f64 / n.max(1) as f64).sqrt();
        let direction = (libm::cos(angle), libm::sin(angle));
        let reach = reach(border, middle, direction);
        (middle.0 + 0.8 * share * reach * direction.0, middle.1 + 0.8 * share * reach * direction.1)
    };
    (0..n).map(place).collect()
}

/// How far the border is from `origin`, which is inside, in a direction.
fn reach(border: &[Point], origin: Point, direction: Point) -> f64 {
    let edges = border.iter().enumerate().map(|(idx, &from)| (from, border[(idx + 1) % border.len()]));
    let crossings = edges.filter_map(|(from, to)| {
        let edge = (to.0 - from.0, to.1 - from.1);
        let denominator = direction.0 * edge.1 - direction.1 * edge.0;
        if denominator.abs() < 1e-12 {
            return None;
        }
        let gap = (from.0 - origin.0, from.1 - origin.1);
        let along = (gap.0 * edge.1 - gap.1 * edge.0) / denominator;
        (along > 0.0).then_some(along)
    });
    crossings.fold(f64::INFINITY, f64::min).min(1e6)
}

/// Area of a polygon.
pub(super) fn area(polygon: &[Point]) -> f64 {
    doubled_areas(polygon).map(|(_, area)| area).sum::<f64>().abs() / 2.0
}

/// Middle of the area of a convex polygon.
pub(super) fn centroid(polygon: &[Point]) -> Point {
    let whole: f64 = doubled_areas(polygon).map(|(_, area)| area).sum();
    let (mut x, mut y) = (0.0, 0.0);
    if whole.abs() < 1e-9 {
        let n = polygon.len().max(1) as f64;
        polygon.iter().for_each(|point| (x, y) = (x + point.0 / n, y + point.1 / n));
        return (x, y);
    }
    for (triangle, area) in doubled_areas(polygon) {
        x += area * triangle.iter().map(|point| point.0).sum::<f64>() / (3.0 * whole);
        y += area * triangle.iter().map(|point| point.1).sum::<f64>() / (3.0 * whole);
    }
    (x, y)
}

/// The triangles from the first corner, each with twice its area.
fn doubled_areas(polygon: &[Point]) -> impl Iterator<Item = ([Point; 3], f64)> {
    let first = polygon.first().copied().unwrap_or_default();
    let rest = polygon.get(1..).unwrap_or_default();
    rest.windows(2).map(move |pair| {
        let (one, two) = (pair[0], pair[1]);
        let area = (one.0 - first.0) * (two.1 - first.1) - (two.0 - first.0) * (one.1 - first.1);
        ([first, one, two], area)
    })
}

/// Whether a point lies in a convex polygon or on its border.
pub(super) fn holds(polygon: &[Point], point: Point) -> bool {
    let side = |(idx, &from): (usize, &Point)| {
        let to = polygon[(idx + 1) % polygon.len()];
        (to.0 - from.0) * (point.1 - from.1) - (to.1 - from.1) * (point.0 - from.0)
    };
    let sides: Vec<f64> = polygon.iter().enumerate().map(side).collect();
    !sides.is_empty() && (sides.iter().all(|&side| side >= -1e-6) || sides.iter().all(|&side| side <= 1e-6))
}

/// The point of a convex polygon for two numbers from 0 to 1: a triangle by its area, then a place in it.
pub(super) fn inside(polygon: &[Point], one: f64, two: f64) -> Point {
    let whole: f64 = doubled_areas(polygon).map(|(_, area)| area.abs()).sum();
    let mut mark = one.clamp(0.0, 1.0) * whole;
    for ([first, second, third], area) in doubled_areas(polygon) {
        if mark <= area.abs() && area != 0.0 {
            let root = (mark / area.abs()).sqrt();
            return between(first, between(second, third, two.clamp(0.0, 1.0)), root);
        }
        mark -= area.abs();
    }
    centroid(polygon)
}

fn between(from: Point, to: Point, share: f64) -> Point {
    (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn square() -> Polygon {
        vec![(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0)]
    }

    #[test]
    fn area_middle_and_cuts_are_exact() {
        assert_eq!((area(&square()), centroid(&square())), (100.0, (5.0, 5.0)));
        let half = cut(&square(), (1.0, 0.0), 4.0);
        assert_eq!((area(&half), centroid(&half)), (40.0, (2.0, 5.0)));
        assert!(cut(&square(), (1.0, 0.0), -1.0).is_empty());
        assert!(holds(&square(), (10.0, 3.0)) && !holds(&square(), (10.1, 3.0)));
        assert_eq!(reach(&square(), (5.0, 5.0), (1.0, 0.0)), 5.0);
    }

    proptest! {
        #[test]
        fn parts_fill_the_whole_with_the_sizes_asked_for(sizes in prop::collection::vec(1.0_f64..20.0, 1..14)) {
            let whole = square();
            let parts = divide(&whole, spiral(&whole, sizes.len()), &sizes);
            let total: f64 = sizes.iter().sum();
            prop_assert!((parts.iter().map(|part| area(part)).sum::<f64>() - 100.0).abs() < 1e-6);
            for (part, size) in parts.iter().zip(&sizes) {
                let asked = 100.0 * size / total;
                prop_assert!((area(part) - asked).abs() < 0.1 * asked + 0.5, "{} {asked}", area(part));
            }
        }

        #[test]
        fn a_place_for_two_numbers_lies_inside(one in 0.0_f64..1.0, two in 0.0_f64..1.0) {
            prop_assert!(holds(&square(), inside(&square(), one, two)));
        }
    }
}
