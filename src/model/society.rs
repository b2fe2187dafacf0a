//! What states, platforms and publics do as many: recognitions that spread, and people who move.

use super::cascade::Frame;
use super::ids::{CodeId, IssueId, PublicId, ScriptId, StateId};
use crate::units::SimTime;

/// Somebody who may recognise.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// Id: that of the state, or the name of the platform.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// The state, or the home of the platform.
    pub state: StateId,
    /// Whether it is a platform.
    pub is_platform: bool,
    /// How it stands towards what is recognised: −1 against it, 1 for it.
    pub standing: f64,
}

/// Something that states or platforms recognise one after the other: a winner, a country, a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognition {
    /// Id.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// State that gains by it.
    pub of: StateId,
    /// State that it offends.
    pub against: Option<StateId>,
    /// What recognition is.
    pub code: CodeId,
    /// Issue it belongs to.
    pub issue: IssueId,
    /// Public message that makes it possible.
    pub after: ScriptId,
    /// Event outside the platform that takes the last doubt away.
    pub confirmed_by: Option<ScriptId>,
    /// Who may recognise: states first, in the order of their ids, then platforms.
    pub members: Vec<Member>,
}

/// A member that has recognised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// Position of the recognition in the list of the script.
    pub recognition: u16,
    /// Position of the member.
    pub member: u16,
    /// When.
    pub time: SimTime,
}

/// A stretch of time over which arrivals are counted.
#[derive(Debug, Clone, PartialEq)]
pub struct Period {
    /// Name in outcome ids, such as `2017-08`.
    pub name: String,
    /// First day, counted from the start.
    pub first_day: u32,
    /// Day after the last.
    pub end_day: u32,
}

/// Something outside the platform that makes people readier to move.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Push {
    /// The event outside the platform.
    pub event: ScriptId,
    /// Factor on the rates of hearsay and of departure from then on.
    pub factor: f64,
}

/// People who act on what they believe of a message.
#[derive(Debug, Clone, PartialEq)]
pub struct Mobilisation {
    /// Id.
    pub id: String,
    /// Key of draws about it.
    pub key: u32,
    /// Message in which they believe.
    pub message: ScriptId,
    /// Frame in which it moves people.
    pub frame: Frame,
    /// Publics whose members may move.
    pub publics: Vec<PublicId>,
    /// Members of these publics and their kin who could move.
    pub people: f64,
    /// People who would come each day in any case.
    pub background: f64,
    /// What pushes them.
    pub pushes: Vec<Push>,
    /// Messages that say it is not so.
    pub corrections: Vec<ScriptId>,
    /// Calendar months, as far as they lie in the simulated time.
    pub months: Vec<Period>,
}

/// People on the move in a run.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Mobilised {
    /// Who believe, and have not moved.
    pub believers: f64,
    /// Who have moved.
    pub gone: f64,
    /// Arrivals of each day that is over.
    pub arrivals: Vec<f64>,
}
