//! Where in the space of the parameters a model is run: designs of points in the unit cube, keyed by a seed.

use crate::engine::streams::{Purpose, RunKey, Subject};
use crate::stats::low_discrepancy::{self, MOST_DIMENSIONS, MOST_POINTS, Sobol, Words};

/// A way to spread points over the unit cube.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Design {
    /// Sobol' points with Owen's scrambling. A power of two of them is best.
    Sobol,
    /// A Latin hypercube.
    LatinHypercube,
}

/// Why there are no such points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DesignError {
    /// There are no direction numbers for so many dimensions.
    #[error("{0} dimensions are too many\n\nhint: allowed: at most {MOST_DIMENSIONS}")]
    Dimensions(usize),
    /// There are not so many points.
    #[error("{0} points are too many\n\nhint: allowed: at most {MOST_POINTS}")]
    Points(u64),
}

/// Random words of `seed` for one purpose.
#[derive(Debug, Clone, Copy)]
pub struct Keyed {
    key: RunKey,
    purpose: Purpose,
}

impl Keyed {
    /// Words for `purpose` under `seed`; they have nothing in common with those of any run.
    pub fn new(seed: u64, purpose: &'static str) -> Self {
        Self { key: RunKey::new(seed, u64::MAX), purpose: Purpose::new(purpose) }
    }
}

impl Words for Keyed {
    fn word(&self, [a, b, part]: [u32; 3]) -> u32 {
        self.key.stream(self.purpose, Subject::new(part, a).part(b)).word()
    }
}

/// `n` points of `design` in the unit cube of so many dimensions. The same seed gives the same points.
///
/// # Errors
///
/// Where there are too many dimensions or points for the design.
pub fn points(design: Design, n: u64, dimensions: usize, seed: u64) -> Result<Vec<Vec<f64>>, DesignError> {
    match design {
        Design::Sobol => {
            let words = Keyed::new(seed, "design.sobol");
            let sobol = Sobol::new(dimensions).ok_or(DesignError::Dimensions(dimensions))?;
            if n > MOST_POINTS {
                return Err(DesignError::Points(n));
            }
            Ok((0..n).map(|index| sobol.scrambled_point(index, &words)).collect())
        }
        Design::LatinHypercube => {
            let n = u32::try_from(n).map_err(|_| DesignError::Points(n))?;
            Ok(low_discrepancy::latin_hypercube(n, dimensions, &Keyed::new(seed, "design.latin-hypercube")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_depend_on_seed_and_design_and_more_of_them_begin_alike() {
        let sobol = |n, seed| points(Design::Sobol, n, 3, seed).unwrap();
        assert_eq!(sobol(16, 1), sobol(32, 1)[..16]);
        assert_ne!(sobol(16, 1), sobol(16, 2));
        let latin = |seed| points(Design::LatinHypercube, 16, 3, seed).unwrap();
        assert_eq!(latin(1), latin(1));
        assert_ne!(latin(1), latin(2));
    }

    /// One of 256 points in each of 256 strips of every dimension, with the words that are used in earnest.
    #[test]
    fn keyed_points_are_stratified_in_every_dimension() {
        for design in [Design::Sobol, Design::LatinHypercube] {
            let points = points(design, 256, 40, 7).unwrap();
            for dimension in 0..40 {
                let mut strips: Vec<u32> =
                    points.iter().map(|point| (point[dimension] * 256.0) as u32).collect();
                strips.sort_unstable();
                assert_eq!(strips, (0..256).collect::<Vec<u32>>(), "{design:?}, dimension {dimension}");
            }
        }
    }

    #[test]
    fn too_many_dimensions_are_refused() {
        let error = points(Design::Sobol, 4, MOST_DIMENSIONS + 1, 1).unwrap_err();
        assert_eq!(error.to_string(), "129 dimensions are too many\n\nhint: allowed: at most 128");
        assert!(points(Design::Sobol, 4, 0, 1).is_err());
    }
}
