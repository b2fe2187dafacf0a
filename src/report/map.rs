//! A map of the network: publics as regions, grouped by country, near those with whom they are linked.
//!
//! Countries are placed by the follower links between them (spring layout after Fruchterman and Reingold, 1991), and the map is divided
//! among them, and each country among its publics, as Voronoi treemaps are (Nocaj and Brandes, 2012). Nothing is random: the same
//! network gives the same map.

mod links;
mod power;
mod springs;

use crate::model::ids::{CountryId, PublicId};
use crate::model::setting::Setting;
pub use power::{Point, Polygon};

/// Width of the map; coordinates are 0 to this.
pub const WIDTH: f64 = 1000.0;
/// Height of the map.
pub const HEIGHT: f64 = 620.0;
/// Areas follow this power of the number of people: publics of a few thousand must still be seen beside those of millions.
const AREA_POWER: f64 = 0.35;
/// Corners of the coast.
const COAST: usize = 72;
/// How square the coast is: 2 is an ellipse.
const SQUARENESS: f64 = 3.2;

/// A map of the simulated publics.
#[derive(Debug, Clone, PartialEq)]
pub struct Map {
    /// The countries that have simulated publics, in the order of their ids.
    pub countries: Vec<CountryRegion>,
    /// One region a public, in the order of their ids.
    pub publics: Vec<Region>,
}

/// A region.
#[derive(Debug, Clone, PartialEq)]
pub struct Region {
    /// Its border, convex; empty for a public of no people.
    pub border: Polygon,
    /// Its middle.
    pub middle: Point,
}

/// The region of a country.
#[derive(Debug, Clone, PartialEq)]
pub struct CountryRegion {
    /// The country.
    pub country: CountryId,
    /// Its region.
    pub region: Region,
}

impl Map {
    /// Draws the map of the network of `setting`.
    pub fn of(setting: &Setting) -> Self {
        let mut countries: Vec<CountryId> = setting.publics.iter().map(|public| public.country).collect();
        countries.sort_unstable();
        countries.dedup();
        let size = |id: PublicId| libm::pow(setting.publics[id.idx()].n_real.max(1.0), AREA_POWER);
        let sizes: Vec<f64> =
            countries.iter().map(|&country| setting.publics_of(country).map(size).sum()).collect();
        let sites = springs::places(&links::between(setting, &countries), &sizes);
        let coast = coast();
        let sites = sites.into_iter().map(|(x, y)| (x * WIDTH, y * HEIGHT)).collect();
        let borders = power::divide(&coast, sites, &sizes);
        let mut publics = vec![Region { border: Vec::new(), middle: (0.0, 0.0) }; setting.publics.len()];
        for (&country, border) in countries.iter().zip(&borders) {
            let mut inside: Vec<PublicId> = setting.publics_of(country).collect();
            // The largest in the middle, the others around it.
            inside.sort_by(|one, other| size(*other).total_cmp(&size(*one)));
            let sizes: Vec<f64> = inside.iter().map(|&id| size(id)).collect();
            let parts = power::divide(border, power::spiral(border, inside.len()), &sizes);
            for (id, part) in inside.into_iter().zip(parts) {
                publics[id.idx()] = Region::within(part);
            }
        }
        let countries = countries.into_iter().zip(borders);
        let countries =
            countries.map(|(country, border)| CountryRegion { country, region: Region::within(border) });
        Self { countries: countries.collect(), publics }
    }

    /// Where the people of `country` are, if any of them are simulated.
    pub fn middle_of(&self, country: CountryId) -> Option<Point> {
        self.countries.iter().find(|region| region.country == country).map(|found| found.region.middle)
    }
}

impl Region {
    fn within(border: Polygon) -> Self {
        let middle = power::centroid(&border);
        Self { border, middle }
    }

    /// A place inside for two numbers from 0 to 1, each equally likely if they are uniform.
    pub fn place(&self, (one, two): (f64, f64)) -> Point {
        power::inside(&self.border, one, two)
    }
}

/// The coast: a superellipse with a margin around it.
fn coast() -> Polygon {
    let corner = |idx: usize| {
        let angle = std::f64::consts::TAU * idx as f64 / COAST as f64;
        let bent = |value: f64| libm::copysign(libm::pow(value.abs(), 2.0 / SQUARENESS), value);
        (
            WIDTH / 2.0 * (1.0 + 0.985 * bent(libm::cos(angle))),
            HEIGHT / 2.0 * (1.0 + 0.975 * bent(libm::sin(angle))),
        )
    };
    (0..COAST).map(corner).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Request, Source, bundled, load};
    use crate::simulation::Simulation;

    #[test]
    fn every_public_has_a_region_in_its_country_and_areas_follow_the_people() {
        for bundled in bundled::scenarios() {
            let mut request = Request::new(Source::new(bundled.id, bundled.text));
            request.set.push("network.accounts=20000".to_owned());
            let simulation = Simulation::new(&load(&request).unwrap(), 1).unwrap();
            let setting = simulation.setting();
            let map = Map::of(setting);
            assert_eq!(map, Map::of(setting));
            assert_eq!(map.publics.len(), setting.publics.len());
            let whole: f64 = map.publics.iter().map(|region| power::area(&region.border)).sum();
            let size = |n: f64| libm::pow(n.max(1.0), AREA_POWER);
            let people: f64 = setting.publics.iter().map(|public| size(public.n_real)).sum();
            let mut wrong = 0.0;
            for (public, region) in setting.publics.iter().zip(&map.publics) {
                assert!(region.border.len() >= 3, "{} has no region", public.id);
                let country = map.countries.iter().find(|found| found.country == public.country).unwrap();
                assert!(power::holds(&country.region.border, region.middle), "{}", public.id);
                assert!(power::holds(&region.border, region.place((0.3, 0.8))), "{}", public.id);
                let (found, asked) = (power::area(&region.border) / whole, size(public.n_real) / people);
                wrong += (found - asked).abs();
            }
            // Shares of the area that lie in a wrong region.
            assert!(wrong / 2.0 < 0.1, "{}: {wrong}", bundled.id);
        }
    }
}
