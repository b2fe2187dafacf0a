//! `twiplomacy` simulates how a message posted by a leader, a ministry or an embassy spreads over a follower network, how governments
//! hear it, misread it and answer on an escalation ladder, and how markets price what their traders know; thousands of times,
//! in parallel, reproducibly.
//!
//! # One picture
//!
//! ```text
//!  scenario file ─parse, check→ Scenario ─build→ Setting + mechanisms ─engine→ Outcome          one run, pure
//!    + world facts                                                               │
//!                              runs × seeds (threads) ───────────────────────────┴→ Summary
//!                                                                                     │
//!                                         tables · plots · manifest (bytes) ──────────┘ ─io→ files
//! ```
//!
//! Layers, in the order of the flow of data; a file imports only from lines above its own:
//!
//! | layer | modules | holds |
//! | --- | --- | --- |
//! | foundation | [`units`], [`stats`], [`text`] | quantities, statistics on slices, structured text with places |
//! | engine | [`engine`] | event queue, run loop, budgets, keyed random streams; no word of the domain |
//! | model | [`model`] | state and vocabulary: network, messages, cascades, states, ladder, markets; no behaviour |
//! | graphs | [`graphs`] | follower graphs in the formats of others, and what is measured of them |
//! | mechanisms | [`mechanisms`] | one rule, one file: equation, parameters, reaction, tests; none knows another |
//! | mechanisms | [`diffusion`] | plain rules of spreading on any graph, and their kernels |
//! | observers | [`observers`] | what is measured of a run, without touching it |
//! | scenario | [`scenario`] | files, checks, the bundled scenarios and the world |
//! | simulation | [`simulation`] | one run as a pure function of scenario, seed and run index |
//! | experiment | [`experiment`] | many runs on many threads, folded in the order of the runs |
//! | report | [`report`] | tables, plots and manifest as bytes |
//! | io | [`io`] | the only file that opens files |
//! | study | [`study`] | what commands do, without a terminal: shared by the program and the Python package |
//!
//! # The smallest complete run
//!
//! ```
//! use twiplomacy::experiment::replicates::{Silent, replicates};
//! use twiplomacy::experiment::summary::Summary;
//! use twiplomacy::scenario::{Request, Source, bundled, load};
//! use twiplomacy::simulation::Simulation;
//!
//! let bundled = bundled::scenario("canada-saudi-2018").expect("it is bundled");
//! let mut request = Request::new(Source::new("canada-saudi-2018", bundled.text));
//! request.set.push("network.accounts=30000".to_owned());
//! let scenario = load(&request)?;
//! let simulation = Simulation::new(&scenario, 1)?;
//! let outcomes = replicates(&simulation, 0..20, 1, &Silent, &false.into())?;
//! let summary = Summary::of(simulation.layout(), "canada-saudi-2018", 1, &outcomes);
//! assert_eq!(summary.runs, 20);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Contracts
//!
//! - **A run is a pure function** of scenario, seed and run index. The library reads no file outside [`io`], no clock outside [`study`], and
//!   no environment, and keeps no global state.
//! - **Randomness by key.** Every draw is named by (seed, run, purpose, subject): see [`engine::streams`]. What one mechanism draws
//!   never shifts what another draws, so two arms of a scenario differ only where the change between them reaches.
//! - **Integer time**, in milliseconds; events of one instant happen in the order in which they were scheduled.
//! - **The same bytes** for any number of threads, any split into shares, and wherever work was gone on with after a crash: runs are
//!   folded in the order of their index, and transcendental functions on the way of a run come from one portable implementation.
//!
//! # Words
//!
//! *Public*: the accounts of one country and role. *Cell*: those of a public with like stance. *Stratum*: those of a cell that follow
//! about as many. *Full size*: every account of the publics by itself, where else one stands for many. *Audience*: the followers of an
//! account; *following*: those whom it follows. *Reciprocity*: the share of follows (or of connected pairs) that are mutual.
//! *Cascade*: the tree of shares of a message. *Share*: a repost or quote. *Structural virality*: the mean distance of two nodes
//! of a cascade. *Reach*: different people who saw a message; *impressions*: times it was seen. *Dyad*: two states, one towards
//! the other. *Rung*: a step of the ladder.
//! *Goldstein weight*: intensity of an act from −10 to 10. *Audience cost*: what silence costs a government at home. *Log return*,
//! *abnormal return*: the return less that of the same run without the news. *Replicate*, *run*: one simulated history. *Arm*: the
//! scenario with one intervention. *Point*: a choice of values for the parameters that a sweep varies. *Common random numbers*: the same
//! draws in run k of every arm and every point.

pub mod diffusion;
pub mod engine;
pub mod experiment;
pub mod graphs;
pub mod io;
pub mod mechanisms;
pub mod model;
pub mod observers;
pub mod report;
pub mod scenario;
pub mod simulation;
pub mod stats;
pub mod study;
pub mod text;
pub mod units;
