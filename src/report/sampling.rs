//! The network as built: how many accounts stand for how many people.

use crate::model::setting::Setting;
use crate::report::human::grouped;
use std::fmt::Write as _;

/// The network of `setting` as Markdown: its size, and the sampling rate of each public.
pub fn describe(setting: &Setting) -> String {
    let network = &setting.network;
    let mut text = format!(
        "## Network as built\n\n{} simulated accounts and {} follower links. Counts are weighted back to real accounts.\n\n\
         | public | real accounts | simulated | one stands for |\n| --- | --- | --- | --- |\n",
        grouped(u64::from(network.n_accounts())),
        grouped(network.n_edges() as u64),
    );
    for (public, slice) in setting.publics.iter().zip(network.publics()) {
        let n_simulated = slice.n_accounts();
        let one_stands_for = public.n_real / f64::from(n_simulated.max(1));
        let _ = writeln!(
            text,
            "| {} | {} | {} | {one_stands_for:.1} |",
            public.id,
            grouped(public.n_real.round() as u64),
            grouped(u64::from(n_simulated)),
        );
    }
    text
}
