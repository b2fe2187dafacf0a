//! Many runs of one scenario: what they have in common and how they differ.

pub mod summary;
