//! Random graphs as people ask for them: a model with its parameters in one line.
//!
//! `MODEL: key = value, …` with values as in scenario files, such as `chung-lu: nodes = 100000, mean_degree = 20`. Steps that
//! add to a graph are written in the same way: `reciprocity: share = 0.35`.

use crate::engine::streams::RunKey;
use crate::model::graph::Graph;
use crate::model::graph::generate::chung_lu::ChungLu;
use crate::model::graph::generate::configuration::Configuration;
use crate::model::graph::generate::elite::Elite;
use crate::model::graph::generate::erdos_renyi::ErdosRenyi;
use crate::model::graph::generate::friends_of_friends::FriendsOfFriends;
use crate::model::graph::generate::reciprocity::reciprocate;
use crate::model::graph::generate::scale_free::ScaleFree;
use crate::model::graph::generate::small_world::SmallWorld;
use crate::model::graph::generate::weights::Tails;
use crate::model::network::block_model::{self, Plan, PublicPlan};
use crate::model::network::circles::Circles;
use crate::text::{
    Failure, FromValue, Place, Problem, Reader, Sources, Spanned, Value, list, nearest, parse_value, section,
};
use crate::units::{NonNegative, Probability};

/// Nodes at most.
const MOST_NODES: u64 = 1 << 31;
/// Expected edges at most: they take four bytes each, and twelve while they are drawn.
const MOST_EDGES: f64 = 2e9;

section! {
    /// Chung-Lu graph in the form of Norros and Reittu: heavy-tailed audiences and followings.
    pub struct ChungLuSpec {
        /// Number of accounts.
        pub nodes: Spanned<u64>,
        /// Expected number of accounts that each follows.
        pub mean_degree: Spanned<NonNegative>,
        /// Exponent of the density of audiences (measured: 2.0 to 2.3 in real follower graphs).
        pub audience_exponent: Spanned<f64> = Spanned::unplaced(2.2),
        /// Exponent of the density of numbers of accounts followed (measured: 2.5 to 2.7).
        pub following_exponent: Spanned<f64> = Spanned::unplaced(2.6),
        /// Correlation of the normal scores of audience and following, -1 to 1 (fitted to a linear correlation of 0.35 to 0.45).
        pub correlation: Spanned<f64> = Spanned::unplaced(0.5),
        /// Largest expected degree relative to the smallest.
        pub cutoff: Spanned<f64> = Spanned::unplaced(10_000.0),
    }
}

section! {
    /// Degree-corrected block model: a Chung-Lu graph whose accounts belong to blocks of equal size.
    pub struct BlockModelSpec {
        /// Number of accounts.
        pub nodes: Spanned<u64>,
        /// Number of blocks.
        pub blocks: Spanned<u64> = Spanned::unplaced(2),
        /// Share of follows that stay within the block.
        pub within: Probability = Probability::clamped(0.8),
        /// Expected number of accounts that each follows.
        pub mean_degree: Spanned<NonNegative>,
        /// Share of follows that are mutual.
        pub reciprocity: Probability = Probability::clamped(0.0),
        /// Exponent of the density of audiences.
        pub audience_exponent: Spanned<f64> = Spanned::unplaced(2.2),
        /// Exponent of the density of numbers of accounts followed.
        pub following_exponent: Spanned<f64> = Spanned::unplaced(2.6),
        /// Correlation of the normal scores of audience and following, -1 to 1.
        pub correlation: Spanned<f64> = Spanned::unplaced(0.5),
        /// Largest expected degree relative to the smallest.
        pub cutoff: Spanned<f64> = Spanned::unplaced(10_000.0),
        /// Share of the follows within a block that stay within a small circle.
        pub circles: Probability = Probability::clamped(0.0),
        /// Mean number of accounts of a circle.
        pub circle_size: Spanned<f64> = Spanned::unplaced(60.0),
    }
}

section! {
    /// Directed scale-free graph of Bollobas, Borgs, Chayes and Riordan: growth by preferential attachment.
    pub struct ScaleFreeSpec {
        /// Number of accounts.
        pub nodes: Spanned<u64>,
        /// Probability of a step that a new account follows an existing one, chosen by audience.
        pub alpha: Spanned<Probability>,
        /// Probability of a step that an existing account, chosen by following, follows a new one. The rest of the steps connect
        /// existing accounts.
        pub gamma: Spanned<Probability>,
        /// Weight of an account without audience.
        pub delta_in: NonNegative = NonNegative::clamped(1.0),
        /// Weight of an account that follows nobody.
        pub delta_out: NonNegative = NonNegative::clamped(1.0),
    }
}

section! {
    /// Configuration model: random follows with the audiences and followings of a graph in a file.
    pub struct ConfigurationSpec {
        /// File of a graph.
        pub like: String,
    }
}

section! {
    /// Erdos-Renyi graph: everybody follows everybody with the same probability.
    pub struct ErdosRenyiSpec {
        /// Number of accounts.
        pub nodes: Spanned<u64>,
        /// Expected number of accounts that each follows.
        pub mean_degree: Spanned<NonNegative>,
    }
}

section! {
    /// Watts-Strogatz graph: neighbours on a ring, some follows rewired.
    pub struct SmallWorldSpec {
        /// Number of accounts.
        pub nodes: Spanned<u64>,
        /// Accounts that each follows.
        pub following: Spanned<u64>,
        /// Share of follows that are rewired to a random account.
        pub rewiring: Probability = Probability::clamped(0.1),
    }
}

section! {
    /// Growth by following friends of friends, which closes triangles.
    pub struct FriendsOfFriendsSpec {
        /// Number of accounts.
        pub nodes: Spanned<u64>,
        /// Accounts that each follows (assumed: 3, as in the network of SimSoM).
        pub following: Spanned<u64> = Spanned::unplaced(3),
        /// Probability that a further follow is that of a friend's friend (assumed: 0.5, as in SimSoM).
        pub friend_of_friend: Probability = Probability::clamped(0.5),
    }
}

section! {
    /// Follow-backs are added until a share of all follows is mutual.
    pub struct ReciprocitySpec {
        /// Share of follows that are mutual (measured: 0.31 to 0.38 in real follower graphs).
        pub share: Probability,
    }
}

section! {
    /// Leaders, the accounts with the largest audiences, follow one another, and journalists follow leaders.
    pub struct EliteSpec {
        /// Number of leaders.
        pub leaders: Spanned<u64>,
        /// Share of pairs of leaders that follow one another.
        pub mutual: Probability = Probability::clamped(0.5),
        /// Share of the other accounts that are journalists.
        pub journalists: Probability = Probability::clamped(0.01),
        /// Probability that a journalist follows a leader.
        pub journalists_follow: Probability = Probability::clamped(0.5),
    }
}

/// A model with its parameters.
#[derive(Debug, Clone, PartialEq)]
enum Model {
    ChungLu(ChungLu),
    Blocks(Plan),
    ScaleFree(ScaleFree),
    Configuration(String),
    ErdosRenyi(ErdosRenyi),
    SmallWorld(SmallWorld),
    FriendsOfFriends(FriendsOfFriends),
}

/// Names of models.
const MODELS: [&str; 7] = [
    "chung-lu",
    "block-model",
    "scale-free",
    "configuration",
    "erdos-renyi",
    "small-world",
    "friends-of-friends",
];

/// Something that is added to a graph.
#[derive(Debug, Clone, PartialEq)]
enum Step {
    Reciprocity(f64),
    Elite(Elite),
}

/// Names of steps.
const STEPS: [&str; 2] = ["reciprocity", "elite"];

/// A random graph that was asked for.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    model: Model,
    steps: Vec<Step>,
}

impl Recipe {
    /// Reads a model, and steps in the order in which they are taken.
    pub fn read(model: &str, steps: &[String]) -> Result<Self, Failure> {
        let model = Spec::of("--generate", model, &MODELS)?.model()?;
        let steps = steps.iter().map(|step| Spec::of("--then", step, &STEPS)?.step());
        Ok(Self { model, steps: steps.collect::<Result<_, _>>()? })
    }

    /// File of the graph whose degrees are wanted, if any.
    pub fn like(&self) -> Option<&str> {
        match &self.model {
            Model::Configuration(file) => Some(file),
            _ => None,
        }
    }

    /// Draws the graph of `seed`; `like` is the graph that [`Self::like`] asks for.
    pub fn generate(&self, seed: u64, like: Option<&Graph>) -> Graph {
        let key = RunKey::new(seed, 0);
        let graph = match &self.model {
            Model::ChungLu(model) => model.generate(key),
            Model::Blocks(plan) => block_model::graph(plan, key),
            Model::ScaleFree(model) => model.generate(key),
            Model::Configuration(_) => {
                like.map_or_else(|| Graph::from_edges(0, &[]), |graph| Configuration::of(graph).generate(key))
            }
            Model::ErdosRenyi(model) => model.generate(key),
            Model::SmallWorld(model) => model.generate(key),
            Model::FriendsOfFriends(model) => model.generate(key),
        };
        self.steps.iter().zip(1_u64..).fold(graph, |graph, (step, number)| {
            // Two steps of one kind must not draw the same.
            let key = RunKey::new(seed, number);
            match step {
                Step::Reciprocity(share) => reciprocate(&graph, *share, key),
                Step::Elite(elite) => elite.upon(&graph, key),
            }
        })
    }
}

/// A name with parameters, as typed.
struct Spec {
    sources: Sources,
    name: &'static str,
    parameters: Value,
}

impl Spec {
    fn of(option: &str, text: &str, names: &[&'static str]) -> Result<Self, Failure> {
        let (name, parameters) = text.split_once(':').unwrap_or((text, ""));
        // Shown as it is read: the parameters are a table.
        let typed = format!("{}: {{ {} }}", name.trim(), parameters.trim());
        let mut sources = Sources::new();
        let source = sources.add(option, &*typed);
        let end = name.trim().len();
        let Some(known) = names.iter().copied().find(|known| *known == name.trim()) else {
            let problem =
                Problem::new(Place::new(source, 0, end), "", format!("unknown name `{}`", name.trim()))
                    .allowed(list(names.iter().copied()))
                    .did_you_mean(nearest(name.trim(), names.iter().copied()));
            return Err(Failure::new(sources, problem.into()));
        };
        match parse_value(&sources, Place::new(source, end + 2, typed.len())) {
            Ok(parameters) => Ok(Self { sources, name: known, parameters }),
            Err(problems) => Err(Failure::new(sources, problems)),
        }
    }

    /// The parameters as a section.
    fn section<T: FromValue>(&self) -> Result<T, Failure> {
        let mut reader = Reader::new();
        let section = T::read(&self.parameters, &mut reader);
        let (problems, _) = reader.finish();
        match section {
            Some(section) if problems.is_empty() => Ok(section),
            _ => Err(Failure::new(self.sources.clone(), problems)),
        }
    }

    fn refuse(&self, place: Place, message: String, allowed: String) -> Failure {
        Failure::new(self.sources.clone(), Problem::new(place, "", message).allowed(allowed).into())
    }

    fn model(&self) -> Result<Model, Failure> {
        Ok(match self.name {
            "chung-lu" => {
                let spec: ChungLuSpec = self.section()?;
                let n_nodes = self.nodes(spec.nodes)?;
                let mean_degree = self.mean_degree(spec.mean_degree, n_nodes)?;
                let exponents = [spec.audience_exponent, spec.following_exponent];
                let tails = self.tails(exponents, spec.correlation, spec.cutoff)?;
                Model::ChungLu(ChungLu { n_nodes, mean_degree, tails })
            }
            "block-model" => Model::Blocks(self.plan(&self.section()?)?),
            "scale-free" => Model::ScaleFree(self.scale_free(&self.section()?)?),
            "configuration" => Model::Configuration(self.section::<ConfigurationSpec>()?.like),
            "erdos-renyi" => {
                let spec: ErdosRenyiSpec = self.section()?;
                let n_nodes = self.nodes(spec.nodes)?;
                let mean_degree = self.mean_degree(spec.mean_degree, n_nodes)?;
                Model::ErdosRenyi(ErdosRenyi { n_nodes, mean_degree })
            }
            "small-world" => {
                let spec: SmallWorldSpec = self.section()?;
                let n_nodes = self.nodes(spec.nodes)?;
                let following = self.following(spec.following, n_nodes, (n_nodes - 1) / 2)?;
                Model::SmallWorld(SmallWorld { n_nodes, following, rewiring: spec.rewiring.get() })
            }
            _ => {
                let spec: FriendsOfFriendsSpec = self.section()?;
                let n_nodes = self.nodes(spec.nodes)?;
                let following = self.following(spec.following, n_nodes, n_nodes - 1)?;
                let friend_of_friend = spec.friend_of_friend.get();
                Model::FriendsOfFriends(FriendsOfFriends { n_nodes, following, friend_of_friend })
            }
        })
    }

    fn step(&self) -> Result<Step, Failure> {
        if self.name == "reciprocity" {
            return Ok(Step::Reciprocity(self.section::<ReciprocitySpec>()?.share.get()));
        }
        let spec: EliteSpec = self.section()?;
        let most = 10_000;
        if *spec.leaders > most {
            let message = format!("`leaders` can't be `{}`", *spec.leaders);
            return Err(self.refuse(spec.leaders.place(), message, format!("at most {most}")));
        }
        Ok(Step::Elite(Elite {
            leaders: *spec.leaders as u32,
            mutual: spec.mutual.get(),
            journalists: spec.journalists.get(),
            journalists_follow: spec.journalists_follow.get(),
        }))
    }

    fn nodes(&self, nodes: Spanned<u64>) -> Result<u32, Failure> {
        if (1..=MOST_NODES).contains(&nodes) {
            return Ok(*nodes as u32);
        }
        let message = format!("`nodes` can't be `{}`", *nodes);
        Err(self.refuse(nodes.place(), message, format!("a whole number from 1 to {MOST_NODES}")))
    }

    fn mean_degree(&self, mean: Spanned<NonNegative>, n_nodes: u32) -> Result<f64, Failure> {
        let most = f64::from(n_nodes - 1).min(MOST_EDGES / f64::from(n_nodes));
        if mean.get().get() <= most {
            return Ok(mean.get().get());
        }
        let message = format!("`mean_degree` can't be `{}` with {n_nodes} nodes", mean.get().get());
        Err(self.refuse(mean.place(), message, format!("a number from 0 to {most:.0}")))
    }

    fn following(&self, following: Spanned<u64>, n_nodes: u32, most: u32) -> Result<u32, Failure> {
        let most = u64::from(most).min((MOST_EDGES / f64::from(n_nodes)) as u64);
        if *following <= most {
            return Ok(*following as u32);
        }
        let message = format!("`following` can't be `{}` with {n_nodes} nodes", *following);
        Err(self.refuse(following.place(), message, format!("a whole number from 0 to {most}")))
    }

    /// A number in an open or closed range.
    fn within(&self, name: &str, value: Spanned<f64>, low: f64, high: f64) -> Result<f64, Failure> {
        if (low..=high).contains(&value) {
            return Ok(*value);
        }
        let message = format!("`{name}` can't be `{}`", *value);
        Err(self.refuse(value.place(), message, format!("a number from {low} to {high}")))
    }

    fn tails(
        &self,
        [audience, following]: [Spanned<f64>; 2],
        correlation: Spanned<f64>,
        cutoff: Spanned<f64>,
    ) -> Result<Tails, Failure> {
        Ok(Tails {
            audience_exponent: self.within("audience_exponent", audience, 1.1, 10.0)?,
            following_exponent: self.within("following_exponent", following, 1.1, 10.0)?,
            correlation: self.within("correlation", correlation, -1.0, 1.0)?,
            cutoff: self.within("cutoff", cutoff, 1.001, 1e12)?,
        })
    }

    fn plan(&self, spec: &BlockModelSpec) -> Result<Plan, Failure> {
        let n_nodes = self.nodes(spec.nodes)?;
        let mean_degree = self.mean_degree(spec.mean_degree, n_nodes)?;
        let exponents = [spec.audience_exponent, spec.following_exponent];
        let tails = self.tails(exponents, spec.correlation, spec.cutoff)?;
        let most = u64::from(n_nodes).min(1000);
        if !(1..=most).contains(&spec.blocks) {
            let message = format!("`blocks` can't be `{}` with {n_nodes} nodes", *spec.blocks);
            let allowed = format!("a whole number from 1 to {most}");
            return Err(self.refuse(spec.blocks.place(), message, allowed));
        }
        let n = *spec.blocks as usize;
        let size = |idx: u64| {
            (u64::from(n_nodes) * (idx + 1) / n as u64 - u64::from(n_nodes) * idx / n as u64) as u32
        };
        let publics = (0..n as u64)
            .map(|idx| PublicPlan { n_accounts: size(idx), weight: 1.0, community: idx as u32 })
            .collect();
        let circle_size = self.within("circle_size", spec.circle_size, 2.0, 1e9)?;
        let within = if n == 1 { 1.0 } else { spec.within.get() };
        let between = if n == 1 { 0.0 } else { (1.0 - within) / (n - 1) as f64 };
        let share = |pair: usize| if pair / n == pair % n { within } else { between };
        Ok(Plan {
            publics,
            mean_followed: (0..n * n).map(|pair| mean_degree * share(pair)).collect(),
            named: Vec::new(),
            mutual: Vec::new(),
            tails,
            reciprocity: spec.reciprocity.get(),
            circles: Circles { share: spec.circles.get(), size: circle_size },
        })
    }

    fn scale_free(&self, spec: &ScaleFreeSpec) -> Result<ScaleFree, Failure> {
        let n_nodes = self.nodes(spec.nodes)?;
        let (alpha, gamma) = (spec.alpha.get().get(), spec.gamma.get().get());
        let newcomers = alpha + gamma;
        let least = f64::from(n_nodes) / MOST_EDGES;
        if !(least.max(1e-6)..=1.0).contains(&newcomers) {
            let message = format!("`alpha` and `gamma` sum to `{newcomers}`");
            let allowed =
                format!("a sum from {} to 1: each of these steps brings one account", least.max(1e-6));
            return Err(self.refuse(spec.gamma.place(), message, allowed));
        }
        let (delta_in, delta_out) = (spec.delta_in.get(), spec.delta_out.get());
        Ok(ScaleFree { n_nodes, alpha, beta: 1.0 - newcomers, gamma, delta_in, delta_out })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn recipe(model: &str, steps: &[&str]) -> Recipe {
        let steps: Vec<String> = steps.iter().map(|&step| step.to_owned()).collect();
        Recipe::read(model, &steps).unwrap_or_else(|failure| panic!("{failure}"))
    }

    fn refused(model: &str, steps: &[&str]) -> String {
        let steps: Vec<String> = steps.iter().map(|&step| step.to_owned()).collect();
        Recipe::read(model, &steps).unwrap_err().to_string()
    }

    #[test]
    fn every_model_may_be_asked_for_in_one_line() {
        let like = Graph::from_edges(300, &[(0, 1), (1, 2), (5, 4)]);
        let cases = [
            "chung-lu: nodes = 300, mean_degree = 8",
            "chung-lu:nodes=300,mean_degree=8,audience_exponent=2.1,cutoff=100",
            "block-model: nodes = 300, blocks = 3, mean_degree = 8, within = 0.9, reciprocity = 0.3",
            "block-model: nodes = 300, mean_degree = 8, circles = 0.5, circle_size = 20.0",
            "scale-free: nodes = 300, alpha = 0.1, gamma = 0.1",
            "configuration: like = \"x.txt\"",
            "erdos-renyi: nodes = 300, mean_degree = 8",
            "small-world: nodes = 300, following = 8",
            "friends-of-friends: nodes = 300, following = 8",
        ];
        for text in cases {
            let recipe = recipe(text, &["reciprocity: share = 0.5", "elite: leaders = 5"]);
            let graph = recipe.generate(1, Some(&like));
            assert_eq!(graph.n_nodes(), 300, "{text}");
            assert!(graph.n_edges() > if recipe.like().is_some() { 0 } else { 1000 }, "{text}");
            assert_eq!(graph, recipe.generate(1, Some(&like)), "{text}");
            assert_ne!(graph, recipe.generate(2, Some(&like)), "{text}");
        }
    }

    #[test]
    fn mistakes_are_told_with_their_place() {
        let cases = [
            ("chunglu: nodes = 3", "did you mean `chung-lu`?"),
            ("", "unknown name ``"),
            ("erdos-renyi", "`nodes`"),
            ("erdos-renyi: nodes = 10, mean_degre = 2", "did you mean `mean_degree`?"),
            ("erdos-renyi: nodes = 10, mean_degree = 20", "allowed: a number from 0 to 9"),
            ("erdos-renyi: nodes = 0, mean_degree = 0", "allowed: a whole number from 1 to 2147483648"),
            ("erdos-renyi: nodes = 2000000000, mean_degree = 20", "a number from 0 to 1"),
            ("erdos-renyi: nodes = 10 mean_degree = 2", "--generate:1:"),
            ("erdos-renyi: nodes = 10, mean_degree = nan", "`mean_degree`"),
            ("small-world: nodes = 10, following = 5", "a whole number from 0 to 4"),
            ("scale-free: nodes = 10, alpha = 0.0, gamma = 0.0", "sum to `0`"),
            ("scale-free: nodes = 10, alpha = 0.6, gamma = 0.6", "sum to `1.2`"),
            ("chung-lu: nodes = 10, mean_degree = 2, cutoff = inf", "`cutoff` can't be `inf`"),
            ("chung-lu: nodes = 10, mean_degree = 2, correlation = -2", "a number from -1 to 1"),
            ("block-model: nodes = 10, mean_degree = 2, blocks = 11", "a whole number from 1 to 10"),
            ("configuration: like = 3", "text in quotes"),
        ];
        for (text, told) in cases {
            let message = refused(text, &[]);
            assert!(message.contains(told), "`{told}` is not in\n{message}");
        }
        let base = "erdos-renyi: nodes = 10, mean_degree = 2";
        assert!(refused(base, &["reciprocity: share = 2"]).contains("--then:1:"));
        assert!(refused(base, &["elite: leaders = 100000"]).contains("at most 10000"));
    }
}
