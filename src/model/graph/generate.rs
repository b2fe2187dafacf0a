//! Random graphs: one file a model, all directed, seeded and linear in nodes and edges.
//!
//! Every model draws from keyed streams, so the same parameters and key give the same graph. An edge `(u, v)` means that v
//! follows u: *audience* is the number of followers (what papers on the web call in-degree, since links point at a page),
//! *following* the number of accounts followed.
//!
//! [`reciprocity`] and [`elite`] are steps that add edges to the result of any model.

pub mod alias;
pub mod chung_lu;
pub mod configuration;
pub mod elite;
pub mod erdos_renyi;
pub mod friends_of_friends;
pub mod reciprocity;
pub mod scale_free;
pub mod small_world;
pub mod weights;

#[cfg(test)]
mod tests {
    use super::super::Graph;

    pub(super) fn edges(graph: &Graph) -> Vec<(u32, u32)> {
        (0..graph.n_nodes()).flat_map(|u| graph.followers(u).iter().map(move |&v| (u, v))).collect()
    }

    /// Pearson's correlation.
    pub(super) fn correlation_of(pairs: &[(f64, f64)]) -> f64 {
        let n = pairs.len() as f64;
        let mean = |pick: fn(&(f64, f64)) -> f64| pairs.iter().map(pick).sum::<f64>() / n;
        let (x, y) = (mean(|pair| pair.0), mean(|pair| pair.1));
        let sum = |of: &dyn Fn(&(f64, f64)) -> f64| pairs.iter().map(of).sum::<f64>();
        let covariance = sum(&|pair| (pair.0 - x) * (pair.1 - y));
        covariance / (sum(&|pair| (pair.0 - x).powi(2)) * sum(&|pair| (pair.1 - y).powi(2))).sqrt()
    }

    /// Share of edges that go both ways.
    pub(super) fn mutual_share(graph: &Graph) -> f64 {
        let edges = edges(graph);
        let mutual = edges.iter().filter(|&&(u, v)| graph.followers(v).binary_search(&u).is_ok());
        mutual.count() as f64 / edges.len() as f64
    }
}
