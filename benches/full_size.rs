//! The platform at its true size: set-up, memory, time per run; and how time grows with accounts and with sharers.
//!
//! `cargo bench --bench full_size` prints the tables in about two minutes; `-- platform`, `accounts`, `sharers` or `stored` one of them. What is
//! compared is measured in turn, round after round, in one process, so that whatever else the machine does hits all alike; times are
//! medians over rounds of the time on the processor. The memory is the largest that the process has had so far (`VmHWM`, Linux only).

#![expect(clippy::print_stdout, reason = "the tables are what the program is for")]
#![expect(clippy::disallowed_methods, reason = "the memory of a process stands in a file of the system")]

#[path = "clock/mod.rs"]
mod clock;
#[path = "../tests/statistics/stage.rs"]
mod stage;

use clock::{Took, took};
use stage::{Stage, posted};
use twiplomacy::model::ids::MessageId;
use twiplomacy::scenario::{self, Request, Scenario, bundled};
use twiplomacy::simulation::Simulation;
use twiplomacy::stats::quantile::{Method, sort, sorted};

const TARIFF: &str = "tariff-thread-2019";
const SHARING_ONLY: &str = r#"dispositions.off = ["press", "salience", "hearing", "perception", "tension", "response", "third_parties", "news_pricing", "trading", "volatility"]"#;
const ROUNDS: u64 = 5;

fn main() {
    let parts: [(&str, fn()); 4] =
        [("platform", platform), ("accounts", accounts), ("sharers", sharers), ("stored", stored)];
    // Cargo hands `--bench` on.
    let asked: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    for (name, part) in parts {
        if asked.is_empty() || asked.iter().any(|asked| asked == name) {
            part();
        }
    }
}

fn load(set: &[String]) -> Scenario {
    let mut request = Request::new(bundled::scenario(TARIFF).expect("the scenario is bundled"));
    request.set.extend_from_slice(set);
    scenario::load(&request).unwrap_or_else(|failure| panic!("{failure}"))
}

fn build(scenario: &Scenario) -> Simulation {
    Simulation::new(scenario, 1).unwrap_or_else(|error| panic!("{error}"))
}

/// Largest memory so far in MiB, where the system tells.
fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().trim_end_matches("kB").trim().parse::<f64>().ok());
    kib.map_or(f64::NAN, |kib| kib / 1024.0)
}

/// Shares of all messages in a run.
fn shares(stage: &mut Stage<'_>, run: u64) -> usize {
    let world = stage.play(run);
    assert!(posted(world, "thread-1").is_some(), "the message that is measured was not posted");
    (0..world.messages.len()).map(|id| world.spread(MessageId::new(id)).cascade.nodes().len() - 1).sum()
}

/// A row of a table: what is measured, and what was found in each round.
struct Row<'a> {
    name: String,
    stage: Stage<'a>,
    runs: u64,
    shares: Vec<f64>,
    seconds: Vec<f64>,
    wall: Vec<f64>,
}

fn median(mut values: Vec<f64>) -> f64 {
    sort(&mut values);
    sorted(&values, 0.5, Method::Linear)
}

impl<'a> Row<'a> {
    fn new(name: String, (scenario, simulation): &'a (Scenario, Simulation), runs: u64) -> Self {
        let stage = Stage::new(scenario, simulation);
        Self { name, stage, runs, shares: Vec::new(), seconds: Vec::new(), wall: Vec::new() }
    }

    fn round(&mut self, round: u64) {
        let mut n_shares = 0;
        let Took { wall, busy } = took(|| {
            let runs = round * self.runs..(round + 1) * self.runs;
            n_shares = runs.map(|run| shares(&mut self.stage, run)).sum();
        });
        self.shares.push(n_shares as f64 / self.runs as f64);
        self.seconds.push(busy / self.runs as f64);
        self.wall.push(wall / self.runs as f64);
    }

    /// Mean shares of a run, median seconds of a run, and median nanoseconds a share.
    fn found(&self) -> (f64, f64, f64) {
        let per_share =
            self.seconds.iter().zip(&self.shares).map(|(seconds, shares)| 1e9 * seconds / shares.max(1.0));
        let mean = self.shares.iter().sum::<f64>() / self.shares.len() as f64;
        (mean, median(self.seconds.clone()), median(per_share.collect()))
    }
}

/// Measures rows in turn and prints them; the nanoseconds a share of each.
fn table(title: &str, mut rows: Vec<Row<'_>>) -> Vec<(f64, f64)> {
    for round in 0..=ROUNDS {
        for row in &mut rows {
            row.round(round);
        }
        if round == 0 {
            // The first round brings memory to its size.
            for row in &mut rows {
                row.shares.clear();
                row.seconds.clear();
                row.wall.clear();
            }
        }
    }
    println!(
        "\n{title}\n\n| | shares a run | ms a run | by the wall | ns a share | to the first row |\n\
         | --- | ---: | ---: | ---: | ---: | ---: |"
    );
    let found: Vec<(f64, f64, f64)> = rows.iter().map(Row::found).collect();
    for (row, (shares, seconds, per_share)) in rows.iter().zip(&found) {
        println!(
            "| {} | {shares:.0} | {:.2} | {:.2} | {per_share:.0} | {:.2} |",
            row.name,
            1e3 * seconds,
            1e3 * median(row.wall.clone()),
            per_share / found[0].2
        );
    }
    found.into_iter().map(|(shares, seconds, _)| (shares, seconds)).collect()
}

/// The tariff thread, coupled, before all users of the world.
fn platform() {
    let mut built = None;
    let Took { wall, busy } = took(|| built = Some(everybody()));
    let (set, scenario, simulation) = built.expect("it was built");
    let network = &simulation.setting().network;
    println!(
        "{} accounts, {} follower links expected; set-up {:.0} ms ({:.0} by the wall), {:.0} MiB at the most until then",
        network.n_accounts(),
        network.n_edges(),
        1e3 * busy,
        1e3 * wall,
        peak_mib()
    );
    let sharing = load(&[&set[..], &[SHARING_ONLY.to_owned()]].concat());
    let (coupled, alone) = ((scenario, simulation), (sharing.clone(), build(&sharing)));
    let rows = vec![
        Row::new("coupled with governments and markets".to_owned(), &coupled, 1),
        Row::new("diffusion alone".to_owned(), &alone, 2),
    ];
    table("the tariff thread", rows);
    println!("\n{:.0} MiB at the most until then", peak_mib());
}

/// The thread before all users of the world: changes of the scenario, the scenario, and what is built of it.
fn everybody() -> ([String; 2], Scenario, Simulation) {
    let countries: Vec<String> = load(&[]).world.countries.keys().map(|code| format!("{code:?}")).collect();
    let set = [format!("network.publics=[{}]", countries.join(",")), "network.scale=full".to_owned()];
    let scenario = load(&set);
    let simulation = build(&scenario);
    (set, scenario, simulation)
}

/// One message of one author before the citizens of one country of `users`.
fn one_message(users: u64, followers: u64, more: &[String]) -> (Scenario, Simulation) {
    let mut set = vec![
        SHARING_ONLY.to_owned(),
        // One public, so that the mixture of readers does not change with its size; a message of median appeal.
        r#"network.publics=["US-citizen"]"#.to_owned(),
        "dispositions.sharing.appeal=0".to_owned(),
        format!("countries.US.users={users}"),
        format!("accounts.realDonaldTrump.followers={followers}"),
        "accounts.realDonaldTrump.audience={ US-citizen = 1 }".to_owned(),
        "dispositions.sharing.infectiousness=0.001".to_owned(),
    ];
    // Other audiences must fit into a small country, too.
    let world = load(&[]).world;
    set.extend(world.outlets.keys().map(|outlet| format!("outlets.{outlet}.followers=1000")));
    set.extend(world.states.keys().map(|state| format!("states.{state}.voice_followers=1000")));
    let unsent = ["thread-2", "five-hundred-billion", "pullback"];
    set.extend(unsent.iter().map(|message| format!("events.messages.{message}.delivery=unsent")));
    set.extend_from_slice(more);
    let scenario = load(&set);
    let simulation = build(&scenario);
    (scenario, simulation)
}

fn full() -> [String; 1] {
    ["network.scale=full".to_owned()]
}

/// Equal hub audience, growing number of accounts.
fn accounts() {
    let sizes = [1_000_000, 10_000_000, 100_000_000, 320_000_000];
    let built = sizes.map(|users| one_message(users, 100_000, &full()));
    let rows =
        sizes.iter().zip(&built).map(|(users, built)| Row::new(format!("{users} accounts"), built, 200));
    table("an author with 100,000 followers among more and more accounts", rows.collect());
}

/// A growing audience of the author among equally many accounts.
fn sharers() {
    let audiences = [100_000, 1_000_000, 10_000_000, 100_000_000];
    let built = audiences.map(|followers| one_message(320_000_000, followers, &full()));
    let runs = [200, 20, 4, 1];
    let rows = audiences.iter().zip(&built).zip(runs);
    let rows = rows.map(|((followers, built), runs)| Row::new(format!("{followers} followers"), built, runs));
    let found = table("more and more sharers among 320 million accounts", rows.collect());
    if let [first, .., last] = found[..] {
        println!("\nexponent of time in sharers: {:.3}", (last.1 / first.1).ln() / (last.0 / first.0).ln());
    }
}

/// The same million accounts stored and computed.
fn stored() {
    let stored = ["network.accounts=1000000".to_owned()];
    let built = [&stored[..], &full()[..]].map(|more| one_message(1_000_000, 100_000, more));
    let names = ["stored", "computed"];
    let rows = names.iter().zip(&built).map(|(name, built)| Row::new((*name).to_owned(), built, 200));
    table("a million accounts, each simulated", rows.collect());
}
