//! A realistic stream of a leader's posts: few of them move a market, and none without economic content.
//!
//! Rate, hours and kinds are those of the posts of the president of the United States in New York's trading hours between 22 January and
//! 30 September 2019: 758 originals on 175 trading days in a public archive of his posts, reposts left out. A fifth (155) speak of the economy,
//! trade or the central bank by their words; read one by one, 11 threaten measures against trade, 3 force in the Gulf, 6 take a measure back or hold
//! out a deal. Of what the 11 threaten the severity follows the unit of the scenario format (a 25 % tariff on half of a country's exports
//! is 1), and so does that of the 15 % more on 200 bn USD of China's exports that had been threatened before the first post. Kinds are shuffled; what a
//! post says is made up.
//!
//! What was open then is open here: measures on China's exports had been threatened before the first post and were until May, when others took their
//! place; each later threat opens another matter, and what is taken back is the last one threatened.
//!
//! Every post is taken out of the stream in turn. The move that it made is the difference of the price, at the first look at least half an
//! hour after it, between the run with all posts and the same run without this one.

use crate::made_up::{HOME, Head, message};
use crate::stage::Stage;
use std::fmt::Write as _;
use twiplomacy::engine::streams::{Purpose, RunKey, Stream, Subject};
use twiplomacy::model::world::World;
use twiplomacy::scenario::{Request, Scenario, Source, load};
use twiplomacy::simulation::Simulation;
use twiplomacy::stats::interval::wilson;
use twiplomacy::units::{SimTime, TimeSpan};

/// What a post does.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Content {
    /// Threatens a country with measures against trade of a severity.
    Threat(&'static str, f64),
    /// Threatens with force in the Gulf.
    Force,
    /// Takes the last measure back or holds out a deal.
    Relief,
    /// Speaks of the economy.
    Talk,
    /// Speaks of something else.
    Other,
}

/// The border closed (twice), 5 % rising to 25 % on all goods, 5 % on Monday; 10 % on the rest of China's exports, 5 % more on all of them and
/// companies called home (two posts), no exemption for a maker of computers (twice), an order on China's status in world trade; a tax on wine.
const THREATS: [(&str, f64); 11] = [
    ("MX", 2.0),
    ("MX", 2.0),
    ("MX", 2.0),
    ("MX", 0.4),
    ("CN", 0.44),
    ("CN", 0.4),
    ("CN", 0.4),
    ("CN", 0.01),
    ("CN", 0.01),
    ("CN", 0.1),
    ("FR", 0.1),
];
const COUNTED: usize = 758;
const COUNTED_FORCE: usize = 3;
const COUNTED_RELIEF: usize = 6;
const COUNTED_TALK: usize = 155;
/// Posts by hour of New York from nine to three; of the last, those before half past.
const BY_HOUR: [u32; 7] = [108, 176, 102, 100, 87, 86, 50];

/// All posts are shuffled into nine months of twenty trading days.
const SHUFFLES: u64 = 1;
const MONTHS: usize = 9;
const DAYS: u32 = 20;
const MARKETS: [&str; 4] = ["SPX", "WTI", "GOLD", "ZN"];
const HALF_AN_HOUR: TimeSpan = TimeSpan::from_secs(1800);
/// Half of the longest session.
const LONGEST_WINDOW: TimeSpan = TimeSpan::from_hours(12);

struct Post {
    id: String,
    content: Content,
}

/// The contents of all posts in some order.
fn contents(draws: &mut Stream) -> Vec<Content> {
    let threats = THREATS.iter().map(|&(country, severity)| Content::Threat(country, severity));
    let mut all: Vec<Content> = threats.collect();
    all.extend([Content::Force; COUNTED_FORCE]);
    all.extend([Content::Relief; COUNTED_RELIEF]);
    all.extend([Content::Talk; COUNTED_TALK]);
    all.resize(COUNTED, Content::Other);
    for last in (1..all.len()).rev() {
        all.swap(last, draws.below(last as u32 + 1) as usize);
    }
    all
}

/// Minutes after midnight in New York.
fn minute(draws: &mut Stream) -> u32 {
    let mut place = draws.below(BY_HOUR.iter().sum());
    let hour = BY_HOUR.iter().position(|&count| {
        let is_here = place < count;
        place = place.saturating_sub(count);
        is_here
    });
    match 9 + hour.unwrap() as u32 {
        9 => 9 * 60 + 31 + draws.below(29),
        15 => 15 * 60 + draws.below(29),
        hour => hour * 60 + draws.below(60),
    }
}

const HEAD: Head = Head {
    id: "stream",
    start: "2019-07-08T00:00:00Z",
    horizon: "28 days",
    markets: &MARKETS,
    states: &["US", "CN", "MX", "FR", "IR"],
    accounts: 2000,
    publics: &["US"],
    outlets: Some(&[]),
};
/// A calm year's New York, and the matter that is pending from the first hours.
const MATTERS: &str = r#"
[markets.SPX]
daily_sd = "0.80 %"
[issues.economy]
title = "The economy, and a matter of trade that is pending"
hits = { CN = 0.44, US = 0.044 }
expected = 0.1
source = "made up"
"#;

/// A month of posts of these contents, as a scenario.
fn stream(contents: &[Content], draws: &mut Stream) -> (String, Vec<Post>) {
    let before = message("before", "2019-07-08T10:00:00Z", "1312", "CN", "economy", "");
    let mut text = HEAD.text() + MATTERS + HOME + &before;
    let mut times: Vec<(u32, u32)> = contents.iter().map(|_| (draws.below(DAYS), minute(draws))).collect();
    times.sort_unstable();
    let mut posts = Vec::new();
    let mut pending = ("CN", "economy".to_owned());
    for (idx, ((day, minute), &content)) in times.into_iter().zip(contents).enumerate() {
        let id = format!("p{idx}");
        let (act, target, issue, stage) = match content {
            Content::Threat(country, severity) => {
                let home = severity / 10.0;
                let _ = writeln!(
                    text,
                    "[issues.{id}]\ntitle = \"Trade\"\nhits = {{ {country} = {severity:?}, US = {home:?} }}\nexpected = 0.1\nsource = \"made up\"",
                );
                pending = (country, id.clone());
                ("1312", country, id.clone(), "")
            }
            Content::Force => {
                let _ = writeln!(
                    text,
                    "[issues.{id}]\ntitle = \"War in the Gulf\"\nstakes = \"security\"\nhits = {{ IR = 1.0, XA = 0.8, SA = 0.5, AE = 0.5, JP = 0.05, US = 0.02 }}\ndisruption = 0.01\nexpected = 0.1\nsource = \"as in soleimani-2020\"",
                );
                ("138", "IR", id.clone(), "")
            }
            Content::Relief => ("013", pending.0, pending.1.clone(), "stage = \"withdrawn\"\n"),
            Content::Talk => (["013", "051", "111"][draws.below(3) as usize], "CN", "economy".to_owned(), ""),
            Content::Other => {
                let act = ["013", "051", "111", "112"][draws.below(4) as usize];
                (act, ["CN", "MX", "FR", "IR"][draws.below(4) as usize], "home".to_owned(), "")
            }
        };
        let date = jiff::civil::date(2019, 7, 8) + jiff::Span::new().days(day / 5 * 7 + day % 5);
        // New York is four hours behind in summer.
        let time = format!("{date}T{:02}:{:02}:00Z", minute / 60 + 4, minute % 60);
        text.push_str(&message(&id, &time, act, target, &issue, stage));
        posts.push(Post { id, content });
    }
    (text, posts)
}

/// A price when it was looked at, and the variance of the day without news.
#[derive(Debug, Clone, Copy)]
struct Look {
    time: SimTime,
    level: f64,
    variance: f64,
}

/// What was seen of each market in one run, and when each post was made.
struct Seen {
    looks: [Vec<Look>; MARKETS.len()],
    posted: Vec<SimTime>,
    sessions: [TimeSpan; MARKETS.len()],
    overnight: f64,
}

fn scenario(text: &str, without: Option<&str>) -> Scenario {
    let mut request = Request::new(Source::new("stream.toml", text));
    if let Some(id) = without {
        request.set.push(format!("events.messages.{id}.delivery=\"unsent\""));
    }
    load(&request).unwrap_or_else(|failure| panic!("{failure}"))
}

/// What is seen of a run with all posts, or of one without a post until its window has passed.
fn seen(text: &str, posts: &[Post], without: Option<&Post>, run: u64) -> Seen {
    let scenario = scenario(text, without.map(|post| &*post.id));
    let simulation = Simulation::new(&scenario, 1).unwrap();
    let setting = simulation.setting();
    let markets = MARKETS.map(|id| setting.markets.iter().position(|market| market.id == id).unwrap());
    let mut looks = [const { Vec::<Look>::new() }; MARKETS.len()];
    let look = |time: SimTime, world: &World<'_>| {
        for (looks, market) in looks.iter_mut().zip(markets) {
            let state = &world.markets[market];
            let level = state.path.level;
            if looks.last().is_none_or(|last| last.level.to_bits() != level.to_bits()) {
                looks.push(Look { time, level, variance: state.without.variance });
            }
        }
    };
    let planned = |post: &Post| {
        let message = scenario.file.events.messages.get(&post.id).unwrap();
        message.time.unwrap().sim_time(setting.start)
    };
    let end = without.map_or(setting.horizon, |post| planned(post) + LONGEST_WINDOW);
    Stage::new(&scenario, &simulation).play_until(run, end, look);
    let length = |market: usize| {
        let sessions = setting.markets[market].days[0].sessions.iter();
        TimeSpan::from_ms(sessions.map(|session| session.close.unix_ms() - session.open.unix_ms()).sum())
    };
    Seen {
        looks,
        posted: posts.iter().map(planned).collect(),
        sessions: markets.map(length),
        overnight: scenario.world.dispositions.trading.overnight.get(),
    }
}

impl Seen {
    /// Largest move by a post over all open markets, in standard deviations of the noise of the window: from the last look before the post
    /// to the first at least half an hour after it. `None` where none is open for so long.
    fn move_by(&self, post: usize, without: &Self) -> Option<f64> {
        let posted = self.posted[post];
        let of_market = |market: usize| {
            let looks = &self.looks[market];
            let end = looks.iter().position(|look| look.time >= posted + HALF_AN_HOUR)?;
            let start = looks.iter().rposition(|look| look.time <= posted)?;
            let (first, last) = (looks[start], looks[end]);
            let window = last.time.since(first.time);
            if window > TimeSpan::from_ms(self.sessions[market].as_ms() / 2) {
                return None;
            }
            let other = |time: SimTime| without.looks[market].iter().find(|look| look.time == time).unwrap();
            assert_eq!(
                other(first.time).level.to_bits(),
                first.level.to_bits(),
                "a post changes what was before it"
            );
            let share = window.as_ms() as f64 / self.sessions[market].as_ms() as f64;
            let noise = (other(first.time).variance * (1.0 - self.overnight) * share).sqrt();
            Some((last.level - other(last.time).level).abs() / noise)
        };
        (0..MARKETS.len()).filter_map(of_market).reduce(f64::max)
    }
}

/// Of posts in market hours 1 to 8 % move an open market by more than two standard deviations of the noise of their window; of those without
/// economic content none does.
#[test]
#[cfg_attr(debug_assertions, ignore = "needs optimisation")]
fn few_posts_move_a_market_and_none_without_economic_content() {
    let (mut large, mut n) = (0_u64, 0_u64);
    let (mut told, mut largest_talk, mut largest_other) = (String::new(), 0.0, 0.0);
    for seed in 0..SHUFFLES {
        let mut draws = RunKey::new(seed, 0).stream(Purpose::new("leader stream"), Subject::default());
        let contents = contents(&mut draws);
        for (month, contents) in contents.chunks(COUNTED.div_ceil(MONTHS)).enumerate() {
            let (text, posts) = stream(contents, &mut draws);
            let base = seen(&text, &posts, None, month as u64);
            n += posts.len() as u64;
            for (idx, post) in posts.iter().enumerate() {
                let size = base.move_by(idx, &seen(&text, &posts, Some(post), month as u64)).unwrap();
                large += u64::from(size > 2.0);
                match post.content {
                    Content::Other => largest_other = f64::max(largest_other, size),
                    Content::Talk => largest_talk = f64::max(largest_talk, size),
                    _ => writeln!(told, "{seed} {month} {} {:?}: {size:.2}", post.id, post.content).unwrap(),
                }
            }
        }
    }
    let (share, interval) = (large as f64 / n as f64, wilson(large, n, 0.95));
    let percent = |share: f64| 100.0 * share;
    println!("{told}{large} of {n} posts move a market: {:.2} %", percent(share));
    println!("95 % interval {:.2} to {:.2} %", percent(interval.low), percent(interval.high));
    println!("largest move by talk of the economy {largest_talk:.2}, by something else {largest_other:.2}");
    assert!(largest_other < 2.0 && largest_talk < 2.0, "{largest_other} {largest_talk}");
    assert!((0.01..=0.08).contains(&share), "{large}: {share}\n{told}");
}
