//! Follower links between countries, from a sample of accounts.

use crate::model::ids::{AccountId, CountryId};
use crate::model::network::{ListMemory, STANCE_BINS};
use crate::model::setting::Setting;

/// Accounts of a public that are looked at, at the most; a map needs no more.
const SAMPLED: u32 = 200;

/// Links from accounts of one country to followers in another, for each two of `countries`, per real person of both.
pub(super) fn between(setting: &Setting, countries: &[CountryId]) -> Vec<Vec<f64>> {
    let n = countries.len();
    let mut links = vec![vec![0.0; n]; n];
    let mut people = vec![0.0_f64; n];
    let position = |country: CountryId| countries.binary_search(&country).ok();
    let mut memory = ListMemory::default();
    for (public, slice) in setting.publics.iter().zip(setting.network.publics()) {
        let Some(from) = position(public.country) else { continue };
        people[from] += public.n_real;
        let (first, end) = (slice.bin_starts[0], slice.bin_starts[STANCE_BINS]);
        let step = (end - first).div_ceil(SAMPLED).max(1);
        for account in (first..end).step_by(step as usize) {
            let list = setting.network.list(AccountId(account), &mut memory);
            let mut begin = 0;
            for segment in list.segments() {
                let follower = &setting.publics[segment.public.idx()];
                if let Some(to) = position(follower.country) {
                    let weight = setting.network.publics()[segment.public.idx()].weight;
                    links[from][to] +=
                        f64::from(segment.end - begin) * weight * f64::from(step) * slice.weight;
                }
                begin = segment.end;
            }
        }
    }
    for (from, row) in links.iter_mut().enumerate() {
        for (to, number) in row.iter_mut().enumerate() {
            *number /= (people[from] * people[to]).max(1.0).sqrt();
        }
    }
    links
}
