//! The normal step by which particles are moved, and its density.

use super::Particle;
use crate::engine::streams::Stream;
use crate::experiment::parameters::Prior;

/// Normal distributions of one covariance about all particles, by their weights, on the scales of the priors.
#[derive(Debug)]
pub(super) struct Kernel {
    /// For each particle its weight and place.
    centres: Vec<(f64, Vec<f64>)>,
    /// The covariance is this lower triangle times its transpose.
    root: Vec<Vec<f64>>,
}

impl Kernel {
    /// Steps of twice the weighted covariance of the particles.
    pub(super) fn of(particles: &[Particle], priors: &[Prior]) -> Self {
        Self::scaled(particles, priors, 2.0)
    }

    /// A smooth picture of the particles: n^(−2/(k + 4)) times their covariance, n the effective number, k the dimensions.
    pub(super) fn smoothing(particles: &[Particle], priors: &[Prior]) -> Self {
        let effective = 1.0 / particles.iter().map(|particle| particle.weight * particle.weight).sum::<f64>();
        Self::scaled(particles, priors, libm::pow(effective, -2.0 / (priors.len() as f64 + 4.0)))
    }

    fn scaled(particles: &[Particle], priors: &[Prior], factor: f64) -> Self {
        let place = |particle: &Particle| {
            let places = priors.iter().zip(&particle.values).map(|(prior, &value)| prior.to_scale(value));
            (particle.weight, places.collect::<Vec<f64>>())
        };
        let centres: Vec<(f64, Vec<f64>)> = particles.iter().map(place).collect();
        let k = priors.len();
        let mean: Vec<f64> =
            (0..k).map(|i| centres.iter().map(|(weight, at)| weight * at[i]).sum()).collect();
        let covariance = |i: usize, j: usize| -> f64 {
            let deviations =
                centres.iter().map(|(weight, at)| weight * (at[i] - mean[i]) * (at[j] - mean[j]));
            factor * deviations.sum::<f64>()
        };
        let mut matrix: Vec<Vec<f64>> = (0..k).map(|i| (0..k).map(|j| covariance(i, j)).collect()).collect();
        for (i, prior) in priors.iter().enumerate() {
            // Particles that are all alike in one direction must be able to leave it.
            let (low, high) = prior.ends();
            let range = prior.to_scale(high) - prior.to_scale(low);
            matrix[i][i] += 1e-10 * range * range;
        }
        Self { centres, root: cholesky(&matrix) }
    }

    /// The place of `particle` after a step.
    pub(super) fn step(&self, particle: &Particle, priors: &[Prior], stream: &mut Stream) -> Vec<f64> {
        let normals: Vec<f64> = priors.iter().map(|_| stream.normal()).collect();
        let moved = |(i, (prior, &value)): (usize, (&Prior, &f64))| {
            let by: f64 =
                self.root[i].iter().zip(&normals).take(i + 1).map(|(entry, normal)| entry * normal).sum();
            prior.to_scale(value) + by
        };
        priors.iter().zip(&particle.values).enumerate().map(moved).collect()
    }

    /// Density at a place, up to a constant.
    pub(super) fn density(&self, at: &[f64]) -> f64 {
        let mut rest = vec![0.0; at.len()];
        let one = |(weight, centre): &(f64, Vec<f64>)| {
            // Solves root · z = at − centre from above.
            let mut square = 0.0;
            for i in 0..at.len() {
                let known: f64 = self.root[i].iter().zip(&rest).take(i).map(|(entry, z)| entry * z).sum();
                rest[i] = (at[i] - centre[i] - known) / self.root[i][i];
                square += rest[i] * rest[i];
            }
            weight * libm::exp(-square / 2.0)
        };
        self.centres.iter().map(one).sum()
    }
}

/// The lower triangle whose product with its transpose is a symmetric matrix; entries that rounding would make imaginary are tiny instead.
fn cholesky(matrix: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let k = matrix.len();
    let mut root = vec![vec![0.0; k]; k];
    for i in 0..k {
        for j in 0..=i {
            let known: f64 = (0..j).map(|m| root[i][m] * root[j][m]).sum();
            root[i][j] = if i == j {
                (matrix[i][i] - known).max(matrix[i][i] * 1e-12).max(f64::MIN_POSITIVE).sqrt()
            } else {
                (matrix[i][j] - known) / root[j][j]
            };
        }
    }
    root
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_matrix_gives_it_back() {
        let matrix = vec![vec![4.0, 2.0, 0.6], vec![2.0, 3.0, 0.4], vec![0.6, 0.4, 1.0]];
        let root = cholesky(&matrix);
        for i in 0..3 {
            for j in 0..3 {
                let product: f64 = (0..3).map(|m| root[i][m] * root[j][m]).sum();
                assert!((product - matrix[i][j]).abs() < 1e-12);
            }
        }
    }

    /// One particle: density falls as exp(−d²/2) in units of its step, whatever the correlation.
    #[test]
    fn density_is_that_of_the_normal_distribution() {
        let priors = [Prior::Uniform { low: -10.0, high: 10.0 }; 2];
        let at = |x: f64, y: f64| Particle {
            values: vec![x, y],
            weight: 0.25,
            distance: 0.0,
            statistics: Vec::new(),
        };
        let particles = [at(1.0, 1.0), at(-1.0, -1.0), at(1.0, -1.0), at(-1.0, 1.0)];
        let kernel = Kernel::of(&particles, &priors);
        // Covariance 2·1 in both directions and none between: the sum of four hills of variance 2.
        let exact = |x: f64, y: f64| -> f64 {
            let hill = |particle: &Particle| {
                let (dx, dy) = (x - particle.values[0], y - particle.values[1]);
                0.25 * libm::exp(-(dx * dx + dy * dy) / 4.0)
            };
            particles.iter().map(hill).sum()
        };
        for (x, y) in [(0.0, 0.0), (1.5, -0.5), (3.0, 2.0)] {
            assert!((kernel.density(&[x, y]) - exact(x, y)).abs() < 1e-6, "{x} {y}");
        }
    }
}
