//! Followers of a named account: real numbers in each public, divided among its strata.

use super::Procedural;
use super::strata::{following, rate_for};
use crate::model::ids::PublicId;
use crate::model::network::block_model::{self, NamedPlan};
use crate::model::network::{PublicSlice, Segment};

/// Parts of a list that are looked through before all of it is searched.
const NEAR: usize = 8;

/// Followers of a named account.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct NamedAudience {
    pub(super) segments: Vec<Segment>,
    /// Strata with followers, each with the position behind the last.
    parts: Vec<(u32, u32)>,
}

impl NamedAudience {
    /// Divides the real followers of a named account among the strata of `network`.
    pub(super) fn new(named: &NamedPlan, publics: &[PublicSlice], network: &Procedural) -> Self {
        let mut audience = Self { segments: Vec::new(), parts: Vec::new() };
        let mut end = 0;
        for (idx, slice) in publics.iter().enumerate() {
            let wanted = block_model::n_named_followers(named, idx, slice, network.key);
            let strata = &network.strata[network.strata_range(PublicId::new(idx))];
            let following = following(strata);
            let rate = rate_for(f64::from(wanted), strata, &following);
            let (begin, mut reached) = (end, 0.0);
            for (stratum, following) in strata.iter().zip(&following).enumerate() {
                reached += f64::from(following.0.n) * -libm::expm1(-rate * following.1);
                let until = begin + ((reached + 0.5) as u32).min(wanted);
                if until > end {
                    audience.parts.push((network.starts[idx] + stratum as u32, until));
                    end = until;
                }
            }
            if end > begin {
                audience.segments.push(Segment { public: PublicId::new(idx), end });
            }
        }
        audience
    }

    /// Strata with followers, each with their number.
    pub(super) fn counts(&self) -> impl Iterator<Item = (usize, u32)> {
        (0..self.parts.len()).map(|idx| (self.parts[idx].0 as usize, self.parts[idx].1 - self.begin(idx)))
    }

    /// Followers in `stratum`.
    pub(super) fn count_in(&self, stratum: usize) -> u32 {
        let idx = self.parts.partition_point(|&(part, _)| (part as usize) < stratum);
        let part = self.parts.get(idx).filter(|part| part.0 as usize == stratum);
        part.map_or(0, |part| part.1 - self.begin(idx))
    }

    /// The stratum in which `position` lies, and the place in it. `near` is where the last one was found: a walk through the list finds
    /// the next one a few parts on.
    pub(super) fn place_of(&self, position: u32, near: &mut usize) -> (u32, u32) {
        if *near >= self.parts.len() || self.begin(*near) > position {
            *near = 0;
        }
        let rest = &self.parts[*near..];
        let few = &rest[..rest.len().min(NEAR)];
        let found = few.iter().position(|&(_, end)| end > position);
        *near += found.unwrap_or_else(|| rest.partition_point(|&(_, end)| end <= position));
        (self.parts[*near].0, position - self.begin(*near))
    }

    /// Position of the first follower in part `idx`.
    fn begin(&self, idx: usize) -> u32 {
        if idx == 0 { 0 } else { self.parts[idx - 1].1 }
    }
}
