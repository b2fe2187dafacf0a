//! State and vocabulary of the model; no behaviour.

pub mod calendar;
pub mod cascade;
pub mod clock;
pub mod custom;
pub mod decaying;
pub mod deed;
pub mod event;
#[cfg(test)]
pub(crate) mod fixture;
pub mod graph;
pub mod ids;
pub mod network;
pub mod noise;
pub mod outcome;
pub mod platform;
pub mod setting;
pub mod society;
pub mod timeline;
pub mod visibility;
pub mod vocabulary;
pub mod world;
