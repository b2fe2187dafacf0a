//! A small discrete-event engine: events in the order of (time, sequence), budgets, keyed random streams.
//!
//! It knows nothing of what the events mean. A [`Model`] handles one event at a time and schedules further ones
//! on the [`Agenda`]; [`run`] goes on until nothing is left, the horizon is reached or the budget is used up.
//!
//! # Ordering contract
//!
//! - Events are handled in ascending time.
//! - Events of the same instant are handled in the order in which they were scheduled.
//! - An event scheduled for the past is handled now, after everything already due now.
//!
//! # Randomness contract
//!
//! No state of a generator is passed around. Every draw names its [`streams::RunKey`], purpose and subject, so what
//! one part of a model draws can't shift what another part draws.

pub mod coins;
pub mod permutation;
pub mod queue;
pub mod seen;
pub mod streams;
pub mod tally;

use crate::units::SimTime;
use queue::Queue;

/// What is simulated: handles events and schedules new ones.
pub trait Model {
    /// Facts that can happen.
    type Event;

    /// Handles `event`, which happens now.
    fn handle(&mut self, event: Self::Event, agenda: &mut Agenda<Self::Event>);

    /// Called before time moves on from `from` to `to`; what is observed then is the state that holds between them.
    fn advance(&mut self, from: SimTime, to: SimTime);
}

/// The present and the events to come.
#[derive(Debug)]
pub struct Agenda<E> {
    now: SimTime,
    queue: Queue<E>,
}

impl<E> Default for Agenda<E> {
    fn default() -> Self {
        Self { now: SimTime::START, queue: Queue::default() }
    }
}

impl<E> Agenda<E> {
    /// The present instant.
    pub fn now(&self) -> SimTime {
        self.now
    }

    /// Schedules `event` for `time`, or for now if that is past.
    pub fn schedule(&mut self, time: SimTime, event: E) {
        self.queue.push(time.max(self.now), event);
    }

    /// Number of events to come.
    pub fn n_pending(&self) -> usize {
        self.queue.len()
    }

    /// Takes the next event and makes its time the present.
    pub fn pop(&mut self) -> Option<(SimTime, E)> {
        let (time, event) = self.queue.next_time().zip(self.queue.pop())?;
        self.now = time;
        Some((time, event))
    }

    /// Takes all events that are still to come, in order, with their times.
    pub fn drain(&mut self) -> Vec<(SimTime, E)> {
        std::iter::from_fn(|| self.queue.next_time().zip(self.queue.pop())).collect()
    }

    /// Empties the agenda and goes back to the start, keeping the memory.
    pub fn reset(&mut self) {
        self.now = SimTime::START;
        self.queue.clear();
    }
}

/// What a run may use.
#[derive(Debug, Clone, Copy)]
pub struct Budget {
    /// Events after this instant are not handled.
    pub horizon: SimTime,
    /// Number of events that are handled at the most.
    pub events: u64,
}

/// Why [`run`] returned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Nothing was left to happen.
    Finished,
    /// The next event lies beyond the horizon.
    Horizon,
    /// The budget of events is used up.
    EventBudget,
}

/// Handles events until nothing is left or a limit is reached; time ends at the horizon in every case but
/// [`Stop::EventBudget`]. Returns why it stopped and how many events were handled.
pub fn run<M: Model>(model: &mut M, agenda: &mut Agenda<M::Event>, budget: Budget) -> (Stop, u64) {
    let mut handled = 0;
    loop {
        let Some(time) = agenda.queue.next_time() else {
            model.advance(agenda.now, budget.horizon);
            agenda.now = budget.horizon;
            return (Stop::Finished, handled);
        };
        if time > budget.horizon {
            model.advance(agenda.now, budget.horizon);
            agenda.now = budget.horizon;
            return (Stop::Horizon, handled);
        }
        if handled == budget.events {
            return (Stop::EventBudget, handled);
        }
        if time > agenda.now {
            model.advance(agenda.now, time);
            agenda.now = time;
        }
        if let Some(event) = agenda.queue.pop() {
            handled += 1;
            model.handle(event, agenda);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::TimeSpan;

    /// Each customer who is served sends the next one after a minute; observed times are written down.
    #[derive(Default)]
    struct PostOffice {
        served: Vec<(i64, u32)>,
        advances: Vec<(i64, i64)>,
        clock: i64,
    }

    impl Model for PostOffice {
        type Event = u32;
        fn handle(&mut self, customer: u32, agenda: &mut Agenda<u32>) {
            self.served.push((agenda.now().as_ms(), customer));
            if customer < 3 {
                agenda.schedule(agenda.now() + TimeSpan::from_secs(60), customer + 1);
            }
        }
        fn advance(&mut self, from: SimTime, to: SimTime) {
            self.advances.push((from.as_ms(), to.as_ms()));
            self.clock = to.as_ms();
        }
    }

    fn open_until(horizon_ms: i64, events: u64) -> (PostOffice, Stop, u64) {
        let mut office = PostOffice::default();
        let mut agenda = Agenda::default();
        agenda.schedule(SimTime::START, 0);
        let budget = Budget { horizon: SimTime::from_ms(horizon_ms), events };
        let (stop, handled) = run(&mut office, &mut agenda, budget);
        (office, stop, handled)
    }

    #[test]
    fn a_run_ends_when_nothing_is_left_and_time_goes_on_to_the_horizon() {
        let (office, stop, handled) = open_until(1_000_000, 100);
        assert_eq!((stop, handled), (Stop::Finished, 4));
        assert_eq!(office.served, [(0, 0), (60_000, 1), (120_000, 2), (180_000, 3)]);
        assert_eq!(office.clock, 1_000_000);
    }

    #[test]
    fn the_horizon_itself_is_still_simulated_and_nothing_after_it() {
        let (office, stop, _) = open_until(120_000, 100);
        assert_eq!(stop, Stop::Horizon);
        assert_eq!(office.served.last(), Some(&(120_000, 2)));
    }

    #[test]
    fn the_budget_of_events_stops_a_run_and_says_so() {
        let (office, stop, handled) = open_until(1_000_000, 2);
        assert_eq!((stop, handled, office.served.len()), (Stop::EventBudget, 2, 2));
    }

    #[test]
    fn an_event_for_the_past_happens_now() {
        let mut agenda = Agenda { now: SimTime::from_ms(50), ..Agenda::default() };
        agenda.schedule(SimTime::from_ms(10), 7_u32);
        assert_eq!(agenda.queue.next_time(), Some(SimTime::from_ms(50)));
    }
}
