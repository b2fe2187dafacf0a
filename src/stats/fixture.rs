//! Random words for tests of this layer, which knows no generator.

use crate::stats::low_discrepancy::Words;

/// Finalisers of `SplitMix64` in a row: enough for tests.
pub(crate) fn words(seed: u64) -> impl Words {
    move |name: [u32; 3]| {
        let mix = |state: u64, part: u32| {
            let mut z = (state ^ u64::from(part)).wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^ (z >> 31)
        };
        (name.into_iter().fold(mix(seed, 0), mix) >> 32) as u32
    }
}
