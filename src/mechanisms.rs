//! Stand-in until the mechanisms are there.

use crate::text::{params, section};
use crate::units::{Probability, TimeSpan};

section! {
    /// Behavioural parameters, one table a mechanism.
    pub struct Dispositions {
        /// How readers share.
        pub sharing: Sharing,
    }
}

params! {
    /// How readers share.
    pub struct Sharing {
        /// Probability that a reader shares what it agrees with.
        probability: Probability,
        /// Median time from seeing to sharing.
        delay: TimeSpan,
    }
}
