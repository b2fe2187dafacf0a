//! Trading calendars: when an exchange is open, on the clock of the world.
//!
//! An exchange states its hours in local time; the time zone turns them into instants, so daylight saving, lunch
//! breaks and long holidays need no rule elsewhere. The first session of a day may begin on the day before, as that of futures
//! and currencies does: `previous 18:00-17:00` on Monday to Friday opens on Sunday evening and closes on Friday. The module
//! knows nothing of prices.

use crate::model::outcome::Session;
use crate::units::UtcTime;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

/// Days of the week on which an exchange trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradingWeek {
    /// Monday to Friday.
    MondayFriday,
    /// Sunday to Thursday.
    SundayThursday,
}

impl TradingWeek {
    /// Whether an exchange with this week trades on such a day, holidays aside.
    const fn has(self, day: Weekday) -> bool {
        match self {
            Self::MondayFriday => !matches!(day, Weekday::Saturday | Weekday::Sunday),
            Self::SundayThursday => !matches!(day, Weekday::Friday | Weekday::Saturday),
        }
    }
}

/// A day on which an exchange trades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradingDay {
    /// Date on the exchange's own clock.
    pub date: Date,
    /// Its sessions in order: two where the exchange breaks for lunch. Never empty.
    pub sessions: Vec<Session>,
}

/// Why a calendar can't be built.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CalendarError {
    /// The time zone is not in the IANA database.
    #[error("`{0}` is not a time zone\n\nhint: use an IANA name such as `Asia/Shanghai`")]
    TimeZone(String),
    /// Trading hours are not two times of day with a hyphen between them.
    #[error(
        "`{0}` are not trading hours\n\nhint: write local times from 00:00 to 23:59, such as `09:30-11:30`"
    )]
    Hours(String),
    /// A session does not end after it begins.
    #[error(
        "the session `{0}` does not end after it begins\n\nhint: sessions lie within one local day, but the first may begin on the day \
         before: `previous 18:00-17:00`"
    )]
    Backwards(String),
    /// A session that begins on the day before is not the first, or lasts more than a day.
    #[error(
        "the session `{0}` can't begin on the day before\n\nhint: only the first session of a day may, and it lasts 24 hours at most"
    )]
    Previous(String),
    /// A session begins before the one written before it ends.
    #[error("the session `{later}` begins before `{earlier}` ends\n\nhint: write sessions in order of time")]
    Overlap {
        /// The session written first.
        earlier: String,
        /// The session that begins too early.
        later: String,
    },
    /// There is no session at all.
    #[error(
        "an exchange has at least one session a day\n\nhint: write its hours, such as `[\"09:30-16:00\"]`"
    )]
    NoSession,
    /// A holiday is not a date.
    #[error("`{0}` is not a date\n\nhint: write year, month and day, such as `2019-05-01`")]
    Holiday(String),
}

/// On which local date a session opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Eve {
    /// On that of its day.
    Same,
    /// On the one before.
    Previous,
}

/// Hours of one day on the local clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Hours {
    eve: Eve,
    open: Time,
    close: Time,
}

impl Hours {
    fn parse(text: &str) -> Result<Self, CalendarError> {
        let malformed = || CalendarError::Hours(text.to_owned());
        let (eve, hours) = match text.strip_prefix("previous ") {
            Some(hours) => (Eve::Previous, hours),
            None => (Eve::Same, text),
        };
        let (open, close) = hours.split_once('-').ok_or_else(malformed)?;
        let (open, close) = time_of_day(open).zip(time_of_day(close)).ok_or_else(malformed)?;
        match eve {
            Eve::Same if open >= close => Err(CalendarError::Backwards(text.to_owned())),
            Eve::Previous if open < close => Err(CalendarError::Previous(text.to_owned())),
            _ => Ok(Self { eve, open, close }),
        }
    }
}

/// The time of day written as `HH:MM`, with two digits each.
fn time_of_day(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let number = |digits: &str| {
        (digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| digits.parse::<i8>().ok())?
    };
    Time::new(number(hour)?, number(minute)?, 0, 0).ok()
}

/// When an exchange trades.
///
/// Invariant: there is at least one session; sessions are in order of time and do not overlap.
#[derive(Debug, Clone, PartialEq)]
pub struct Calendar {
    time_zone: TimeZone,
    hours: Vec<Hours>,
    week: TradingWeek,
    /// Ascending.
    holidays: Vec<Date>,
}

impl Calendar {
    /// The calendar of an exchange in the IANA time zone `time_zone` that trades in the given `sessions` (local
    /// hours such as `09:30-11:30`, in order) on the days of `week` except on `holidays` (local dates such as
    /// `2019-05-01`).
    pub fn new(
        time_zone: &str,
        sessions: &[impl AsRef<str>],
        week: TradingWeek,
        holidays: &[impl AsRef<str>],
    ) -> Result<Self, CalendarError> {
        let zone = TimeZone::get(time_zone).map_err(|_| CalendarError::TimeZone(time_zone.to_owned()))?;
        let mut dates = holidays.iter().map(|text| holiday(text.as_ref())).collect::<Result<Vec<_>, _>>()?;
        dates.sort_unstable();
        Ok(Self { time_zone: zone, hours: ordered_hours(sessions)?, week, holidays: dates })
    }

    /// The trading days of which at least one session has an instant in common with the closed interval from
    /// `from` to `to`, in order; each with all its sessions, also those outside the interval. None if `from` is later.
    pub fn trading_days(&self, from: UtcTime, to: UtcTime) -> Vec<TradingDay> {
        if from > to {
            return Vec::new();
        }
        let (first, last) = (self.local_date(from), self.local_date(to));
        // The day of a session that is open on the last date may be the next one.
        let last = last.tomorrow().unwrap_or(last);
        std::iter::successors(Some(first), |date| date.tomorrow().ok())
            .take_while(|date| *date <= last)
            .filter_map(|date| self.trading_day(date))
            .filter(|day| day.sessions.iter().any(|session| session.open <= to && session.close >= from))
            .collect()
    }

    /// Whether the exchange trades at `time`; the first and the last instant of a session belong to it.
    pub fn is_open(&self, time: UtcTime) -> bool {
        let today = self.local_date(time);
        let days = [Some(today), today.tomorrow().ok()].into_iter().flatten();
        days.filter_map(|date| self.trading_day(date))
            .any(|day| day.sessions.iter().any(|session| (session.open..=session.close).contains(&time)))
    }

    /// The trading day of a local date, if it is one.
    fn trading_day(&self, date: Date) -> Option<TradingDay> {
        if !self.week.has(date.weekday()) || self.holidays.binary_search(&date).is_ok() {
            return None;
        }
        let sessions: Vec<_> = self.hours.iter().filter_map(|hours| self.session(date, *hours)).collect();
        (!sessions.is_empty()).then_some(TradingDay { date, sessions })
    }

    /// The session of a local date, unless a change of clocks leaves nothing of it.
    fn session(&self, date: Date, hours: Hours) -> Option<Session> {
        let opens_on = match hours.eve {
            Eve::Same => date,
            Eve::Previous => date.yesterday().ok()?,
        };
        let (open, close) = self.instant(opens_on, hours.open).zip(self.instant(date, hours.close))?;
        (open < close).then_some(Session { open, close })
    }

    /// The instant of a local time. A time that occurs twice is taken the first time; a time that a change of clocks
    /// skips is the instant of the change, so that a session loses the skipped part and keeps its order.
    fn instant(&self, date: Date, time: Time) -> Option<UtcTime> {
        let ambiguous = self.time_zone.to_ambiguous_timestamp(date.to_datetime(time));
        let is_skipped = matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        let timestamp = ambiguous.compatible().ok()?;
        let timestamp =
            if is_skipped { self.time_zone.preceding(timestamp).next()?.timestamp() } else { timestamp };
        Some(UtcTime::from_unix_ms(timestamp.as_millisecond()))
    }

    fn local_date(&self, time: UtcTime) -> Date {
        self.time_zone.to_datetime(time.timestamp()).date()
    }
}

/// The hours of all sessions, checked for order.
fn ordered_hours(sessions: &[impl AsRef<str>]) -> Result<Vec<Hours>, CalendarError> {
    if sessions.is_empty() {
        return Err(CalendarError::NoSession);
    }
    let hours = sessions.iter().map(|text| Hours::parse(text.as_ref())).collect::<Result<Vec<_>, _>>()?;
    if let Some(idx) = hours.iter().skip(1).position(|hours| hours.eve == Eve::Previous) {
        return Err(CalendarError::Previous(sessions[idx + 1].as_ref().to_owned()));
    }
    match hours.array_windows().position(|[earlier, later]| later.open < earlier.close) {
        Some(idx) => Err(CalendarError::Overlap {
            earlier: sessions[idx].as_ref().to_owned(),
            later: sessions[idx + 1].as_ref().to_owned(),
        }),
        None => Ok(hours),
    }
}

/// The date written as `YYYY-MM-DD`; other spellings that `jiff` reads are refused, so that a file has one.
fn holiday(text: &str) -> Result<Date, CalendarError> {
    let date = text.parse::<Date>().ok().filter(|date| date.to_string() == text);
    date.ok_or_else(|| CalendarError::Holiday(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use TradingWeek::{MondayFriday, SundayThursday};

    /// The instant of an RFC 3339 text.
    fn utc(text: &str) -> UtcTime {
        UtcTime::from_unix_ms(text.parse::<jiff::Timestamp>().unwrap().as_millisecond())
    }

    fn session(open: &str, close: &str) -> Session {
        Session { open: utc(open), close: utc(close) }
    }

    /// The first trading day with a session that opens after `time`, within a month.
    fn first_day_after(calendar: &Calendar, time: &str) -> TradingDay {
        let from = utc(time);
        let to = UtcTime::from_unix_ms(from.unix_ms() + 31 * 86_400_000);
        calendar.trading_days(from, to).into_iter().find(|day| day.sessions[0].open > from).unwrap()
    }

    const NO_HOLIDAYS: [&str; 0] = [];
    const TARIFF_THREAD: &str = "2019-05-05T16:08:00Z";

    fn new_york() -> Calendar {
        Calendar::new("America/New_York", &["09:30-16:00"], MondayFriday, &["2019-04-19", "2019-05-27"])
            .unwrap()
    }

    fn shanghai() -> Calendar {
        let holidays = ["2019-05-03", "2019-05-01", "2019-05-02"];
        Calendar::new("Asia/Shanghai", &["09:30-11:30", "13:00-15:00"], MondayFriday, &holidays).unwrap()
    }

    #[test]
    fn riyadh_trades_on_sunday_and_closes_before_the_tariff_thread() {
        let tadawul = Calendar::new("Asia/Riyadh", &["10:00-15:00"], SundayThursday, &NO_HOLIDAYS).unwrap();
        let days = tadawul.trading_days(utc("2019-05-05T00:00:00Z"), utc("2019-05-05T23:59:59Z"));
        assert_eq!(days.len(), 1);
        assert_eq!(days[0].date, jiff::civil::date(2019, 5, 5));
        assert_eq!(days[0].sessions, [session("2019-05-05T07:00:00Z", "2019-05-05T12:00:00Z")]);
        assert!(days[0].sessions[0].close < utc(TARIFF_THREAD));
        assert!(!tadawul.is_open(utc(TARIFF_THREAD)));
        assert!(tadawul.trading_days(utc("2019-05-03T00:00:00Z"), utc("2019-05-04T23:00:00Z")).is_empty());
    }

    #[test]
    fn shanghai_is_the_first_to_open_after_the_thread_and_breaks_for_lunch() {
        let day = first_day_after(&shanghai(), TARIFF_THREAD);
        let morning = session("2019-05-06T01:30:00Z", "2019-05-06T03:30:00Z");
        let afternoon = session("2019-05-06T05:00:00Z", "2019-05-06T07:00:00Z");
        assert_eq!(day.sessions, [morning, afternoon]);
        assert!(shanghai().is_open(utc("2019-05-06T03:29:00Z")));
        assert!(!shanghai().is_open(utc("2019-05-06T04:00:00Z")));
        assert!(shanghai().is_open(utc("2019-05-06T05:00:00Z")));
        assert!(shanghai().is_open(utc("2019-05-06T07:00:00Z")));
        assert!(!shanghai().is_open(utc("2019-05-06T07:00:01Z")));
    }

    #[test]
    fn markets_in_other_zones_open_at_their_own_hours_and_after_their_own_holidays() {
        // Not in order of time, which a file need not keep.
        let golden_week =
            ["2019-05-06", "2019-04-29", "2019-04-30", "2019-05-01", "2019-05-02", "2019-05-03"];
        let tokyo = Calendar::new("Asia/Tokyo", &["09:00-11:30", "12:30-15:00"], MondayFriday, &golden_week);
        let seoul =
            Calendar::new("Asia/Seoul", &["09:00-15:30"], MondayFriday, &["2019-05-01", "2019-05-06"]);
        let openings = [
            (tokyo.unwrap(), "2019-05-07T00:00:00Z"),
            (seoul.unwrap(), "2019-05-07T00:00:00Z"),
            (new_york(), "2019-05-06T13:30:00Z"),
        ];
        for (calendar, opening) in openings {
            assert_eq!(first_day_after(&calendar, TARIFF_THREAD).sessions[0].open, utc(opening));
        }
    }

    #[test]
    fn toronto_is_closed_on_the_day_after_the_ambassador_is_expelled() {
        let holidays = ["2018-05-21", "2018-07-02", "2018-08-06"];
        let toronto = Calendar::new("America/Toronto", &["09:30-16:00"], MondayFriday, &holidays).unwrap();
        assert!(toronto.trading_days(utc("2018-08-06T04:00:00Z"), utc("2018-08-07T03:59:59Z")).is_empty());
        assert!(!toronto.is_open(utc("2018-08-06T15:00:00Z")));
        let day = first_day_after(&toronto, "2018-08-05T10:00:00Z");
        assert_eq!(day.sessions, [session("2018-08-07T13:30:00Z", "2018-08-07T20:00:00Z")]);
    }

    #[test]
    fn new_york_opens_an_hour_earlier_once_its_clocks_have_changed() {
        // Clocks change in the night to Sunday 10 March 2019.
        let days = new_york().trading_days(utc("2019-03-08T00:00:00Z"), utc("2019-03-11T23:00:00Z"));
        let sessions: Vec<_> = days.into_iter().flat_map(|day| day.sessions).collect();
        let friday = session("2019-03-08T14:30:00Z", "2019-03-08T21:00:00Z");
        let monday = session("2019-03-11T13:30:00Z", "2019-03-11T20:00:00Z");
        assert_eq!(sessions, [friday, monday]);
    }

    /// Futures in Chicago open on Sunday at 18:00 in New York, which is 22:00 UTC in summer, and pause for an hour each day.
    #[test]
    fn a_session_that_begins_on_the_day_before_opens_on_sunday_evening_and_ends_on_friday() {
        let futures =
            Calendar::new("America/New_York", &["previous 18:00-17:00"], MondayFriday, &NO_HOLIDAYS).unwrap();
        let days = futures.trading_days(utc(TARIFF_THREAD), utc("2019-05-11T12:00:00Z"));
        let sessions: Vec<_> = days.iter().flat_map(|day| &day.sessions).copied().collect();
        assert_eq!(sessions.len(), 5);
        assert_eq!(sessions[0], session("2019-05-05T22:00:00Z", "2019-05-06T21:00:00Z"));
        assert_eq!(sessions[4], session("2019-05-09T22:00:00Z", "2019-05-10T21:00:00Z"));
        assert_eq!(days[0].date, jiff::civil::date(2019, 5, 6));
        for (time, is_open) in [
            (TARIFF_THREAD, false),
            ("2019-05-05T22:00:00Z", true),
            ("2019-05-06T13:00:00Z", true),
            ("2019-05-06T21:30:00Z", false),
            ("2019-05-06T23:00:00Z", true),
            ("2019-05-10T21:30:00Z", false),
            ("2019-05-10T23:00:00Z", false),
        ] {
            assert_eq!(futures.is_open(utc(time)), is_open, "{time}");
        }
        let evening = utc("2019-05-05T22:30:00Z");
        assert_eq!(futures.trading_days(evening, evening).len(), 1);
        let round_the_clock =
            Calendar::new("America/New_York", &["previous 17:00-17:00"], MondayFriday, &NO_HOLIDAYS).unwrap();
        assert!(round_the_clock.is_open(utc("2019-05-07T21:00:00Z")));
        let build = |hours: &[&str]| Calendar::new("UTC", hours, MondayFriday, &NO_HOLIDAYS).unwrap_err();
        for hours in [&["previous 09:00-17:00"][..], &["01:00-02:00", "previous 09:00-03:00"]] {
            assert_eq!(build(hours), CalendarError::Previous(hours[hours.len() - 1].into()));
        }
    }

    #[test]
    fn a_session_loses_what_a_change_of_clocks_skips() {
        // In New York the hour from 02:00 on Sunday 10 March 2019 does not exist; it would begin at 07:00 UTC.
        let hours = ["01:00-01:30", "02:10-02:50", "02:30-03:30", "04:00-05:00"];
        let calendar = Calendar::new("America/New_York", &hours, SundayThursday, &NO_HOLIDAYS);
        assert_eq!(
            calendar.unwrap_err(),
            CalendarError::Overlap { earlier: "02:10-02:50".into(), later: "02:30-03:30".into() }
        );
        let hours = ["01:00-01:30", "02:10-02:30", "02:30-03:30", "04:00-05:00"];
        let calendar = Calendar::new("America/New_York", &hours, SundayThursday, &NO_HOLIDAYS).unwrap();
        let days = calendar.trading_days(utc("2019-03-10T05:00:00Z"), utc("2019-03-10T23:00:00Z"));
        let before = session("2019-03-10T06:00:00Z", "2019-03-10T06:30:00Z");
        let cut = session("2019-03-10T07:00:00Z", "2019-03-10T07:30:00Z");
        let after = session("2019-03-10T08:00:00Z", "2019-03-10T09:00:00Z");
        assert_eq!(days[0].sessions, [before, cut, after]);
    }

    #[test]
    fn an_hour_that_occurs_twice_is_taken_the_first_time() {
        // In New York the hour from 01:00 on Sunday 3 November 2019 occurs twice, first at 05:00 UTC.
        let calendar =
            Calendar::new("America/New_York", &["01:00-01:30"], SundayThursday, &NO_HOLIDAYS).unwrap();
        let days = calendar.trading_days(utc("2019-11-03T04:00:00Z"), utc("2019-11-04T04:00:00Z"));
        assert_eq!(days[0].sessions, [session("2019-11-03T05:00:00Z", "2019-11-03T05:30:00Z")]);
    }

    #[test]
    fn a_day_counts_if_a_single_instant_of_a_session_does_and_comes_whole() {
        let last_instant = utc("2019-05-06T07:00:00Z");
        let days = shanghai().trading_days(last_instant, last_instant);
        assert_eq!(days.len(), 1);
        assert_eq!(days[0].sessions.len(), 2);
        let a_millisecond_later = UtcTime::from_unix_ms(last_instant.unix_ms() + 1);
        assert!(shanghai().trading_days(a_millisecond_later, a_millisecond_later).is_empty());
    }

    #[test]
    fn an_interval_that_ends_before_it_begins_holds_no_day() {
        let (earlier, later) = (utc("2019-05-06T02:00:00Z"), utc("2019-05-06T02:30:00Z"));
        assert_eq!(shanghai().trading_days(earlier, later).len(), 1);
        assert!(shanghai().trading_days(later, earlier).is_empty());
    }

    #[test]
    fn any_instant_is_answered_without_panic() {
        for ms in [i64::MIN, i64::MAX] {
            let time = UtcTime::from_unix_ms(ms);
            assert!(new_york().trading_days(time, time).is_empty());
            assert!(!new_york().is_open(time));
        }
    }

    #[test]
    fn mistakes_are_named() {
        let build = |zone: &str, hours: &[&str], holidays: &[&str]| {
            Calendar::new(zone, hours, MondayFriday, holidays).unwrap_err()
        };
        assert_eq!(
            build("Asia/Peking", &["09:30-15:00"], &[]),
            CalendarError::TimeZone("Asia/Peking".into())
        );
        assert_eq!(build("Asia/Tokyo", &[], &[]), CalendarError::NoSession);
        for hours in ["09:30", "9:30-15:00", "09:30-24:00", "09:30-+5:00", "09:60-15:00", "09:30 - 15:00", ""]
        {
            assert_eq!(build("Asia/Tokyo", &[hours], &[]), CalendarError::Hours(hours.into()));
        }
        for hours in ["15:00-09:30", "09:30-09:30"] {
            assert_eq!(build("Asia/Tokyo", &[hours], &[]), CalendarError::Backwards(hours.into()));
        }
        for date in ["2019-02-29", "20190501", "2019-05-01T00:00", "1 May 2019"] {
            assert_eq!(build("Asia/Tokyo", &["09:00-15:00"], &[date]), CalendarError::Holiday(date.into()));
        }
        let message = CalendarError::Hours("9-17".into()).to_string();
        assert!(message.starts_with("`9-17` are not trading hours\n\nhint: "), "{message}");
    }
}
