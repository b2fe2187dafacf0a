//! Follower graphs in the formats of others, and what is measured of them.
//!
//! Below the mechanisms: a graph is read, written and measured without knowing what will run on it. Readers take bytes
//! from whoever opened the file, writers give them to whoever will.

pub mod labels;
pub mod load;
pub mod measure;
pub mod recipe;
pub mod survey;
pub mod write;
