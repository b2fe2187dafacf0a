//! What the study says happens on the platform, claim by claim, and where the model has it: the mechanism matrix.
//!
//! The page `docs/mechanisms.md` is made from this table, and tests look up every entry of it: the file of the rule, the path of the parameter,
//! the scenario, and that the scenario says what is claimed of it and runs differently without the rule.

use crate::mechanisms::Name;
use std::fmt::Write as _;

/// A claim of the study, and where it is in the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claim {
    /// Its number in the study's inventory, such as `M01`.
    pub id: &'static str,
    /// What is claimed.
    pub text: &'static str,
    /// The rule that has it.
    pub rule: Name,
    /// Parameter by which it is set: a path in scenario or world, in which `*` stands for any name.
    pub parameter: &'static str,
    /// Scenarios that show it, each with what it states, or varies in an arm or in its plan, for that purpose.
    pub shown: &'static [(&'static str, &'static str)],
}

macro_rules! claims {
    ($($id:literal $text:literal $rule:ident $parameter:literal [$($scenario:literal $path:literal),* $(,)?])*) => {
        &[$(Claim {
            id: $id,
            text: $text,
            rule: Name::$rule,
            parameter: $parameter,
            shown: &[$(($scenario, $path)),*],
        }),*]
    };
}

/// The claims, in the order of their numbers.
pub const CLAIMS: &[Claim] = claims! {
    "M01" "States reach foreign publics directly, past the gatekeepers of the press"
        Sharing "accounts.*.audience" [
            "canada-saudi-2018" "accounts.CanEmbSA.audience.SA", "virtual-embassies" "accounts.virtual-embassy.audience.IR"]
    "M02" "Journalists and elites are over-represented on the platform, so that the press takes up what is said there"
        Press "dispositions.press.base" [
            "press-review" "dispositions.press.base", "provincial-dissent-2015" "accounts.PremierBradWall.followers"]
    "M03" "Hierarchy and caution make ministries slow, and leaders post without them"
        Response "states.*.levels" [
            "knowledge-base" "states.DE.levels", "medium-latency" "states.RU.decision"]
    "M04" "The speed of the medium drives diplomacy"
        Hearing "dispositions.hearing.transit" ["medium-latency" "dispositions.hearing.transit"]
    "M05" "Those who share an aim relay a message to the public for which it is meant"
        Amplification "events.quotes.*.account" ["paris-ottawa-quebec-2020" "events.quotes"]
    "M06" "Ministries broadcast and seldom interact"
        Mobilisation "events.messages.*.after.probability" ["broadcast-or-dialogue" "events.messages.answer.after.probability"]
    "M07" "Authors control words, not how they are heard"
        Perception "events.messages.*.heard_as" ["canada-saudi-2018" "events.messages.arabic-tweet.heard_as"]
    "M08" "The audience is wider than the one for which a message is meant"
        Trading "markets.*.languages" ["tariff-thread-2019" "scenario.markets"]
    "M09" "It is open whether words are for voters at home or for the state they name"
        Perception "events.messages.*.motive" [
            "virtual-summits" "events.messages.after.motive", "soleimani-2020" "events.messages.fifty-two-sites-1.motive"]
    "M10" "Untrained users slip"
        Posting "accounts.*.slips" ["public-diplomacy-share" "accounts.ministry.slips"]
    "M11" "Deletion comes too late"
        Sharing "events.messages.*.deleted_after" [
            "canada-saudi-2018" "events.messages.plane-image.deleted_after",
            "g7-insult-2019" "events.messages.endorsed-picture.deleted_after"]
    "M12" "Leaders insult one another"
        Response "dispositions.response.slight" ["g7-insult-2019" "events.messages.endorsed-picture.act"]
    "M13" "What is confidential leaks"
        Caution "events.offline.*.caution" ["leaked-cables-2010" "events.offline.published.caution"]
    "M14" "A threat moves markets"
        NewsPricing "issues.*.hits" ["tariff-thread-2019" "issues.us-china-tariffs.hits"]
    "M15" "Public criticism is answered out of all proportion, or not at all: a threshold, and tension that has built up"
        Response "dispositions.response.base" ["canada-saudi-2018" "events.messages.arabic-tweet.language"]
    "M16" "Economic interest dampens a state's own escalation"
        Response "dyads.*.dependence" ["public-diplomacy-share" "dyads.TR-DE.dependence"]
    "M17" "Accounts near a state inflame with pictures that can be read in two ways"
        Perception "events.messages.*.format" ["canada-saudi-2018" "events.messages.plane-image.format"]
    "M18" "Many accounts speak for one government and contradict each other"
        Voices "dispositions.voices.half_life" [
            "soleimani-2020" "events.messages.pompeo-de-escalation.author"]
    "M19" "The voice with most followers and highest rank is believed"
        Voices "dispositions.voices.reach" ["soleimani-2020" "accounts.realDonaldTrump.followers"]
    "M20" "Messages are distorted on their way, and people act on it offline"
        Mobilisation "events.mobilisations.*.frame" ["welcome-tweet-2017" "events.mobilisations.crossings.frame"]
    "M21" "Corrections come late"
        Mobilisation "events.mobilisations.*.corrections" [
            "welcome-tweet-2017" "events.mobilisations.crossings.corrections",
            "data-early-warning" "events.mobilisations.departures.corrections"]
    "M22" "Leaders signal to each other in public, and slowness is noticed"
        Hearing "events.messages.*.time" ["paris-ottawa-quebec-2020" "events.messages.crowded-theatre.time"]
    "M23" "A larger account amplifies by quoting or pinning"
        Amplification "events.pins.*.duration" ["paris-ottawa-quebec-2020" "events.pins"]
    "M24" "False news spreads, and emotion beats fact"
        Sharing "events.messages.*.moral_words" ["fake-news-2016" "events.messages.pope-endorses.moral_words"]
    "M25" "Bots and fake accounts amplify, and nobody can be named for it"
        Bots "events.bots.*.size" ["fake-news-2016" "events.bots"]
    "M26" "What is false can be denied before those who matter"
        Denial "events.messages.*.denies" ["state-account-hijack" "events.messages.denial.denies"]
    "M27" "Follows, congratulations and labels recognise"
        Recognition "events.recognitions.*.act" [
            "recognition-2020" "events.recognitions", "platform-recognition-2013" "events.recognitions"]
    "M28" "Platforms act, and own tools and rules"
        Recognition "events.recognitions.*.by" [
            "map-label-2013" "events.recognitions", "platform-recognition-2013" "events.recognitions"]
    "M29" "A campaign with allies' money buys recognition by platforms"
        Recognition "events.recognitions.*.platforms" ["platform-recognition-2013" "events.messages.campaign"]
    "M30" "To listen in many languages is worth more than to speak"
        Hearing "states.*.monitored_languages" ["listening-languages" "states.US.monitored_languages"]
    "M31" "Crowds know sooner than ministries"
        Hearing "states.*.crowd_review" ["crowd-knowledge" "states.FR.crowd_review"]
    "M32" "Data warn early, and consulates can prepare"
        Listening "states.*.early_warning" ["data-early-warning" "states.CA.early_warning"]
    "M33" "People in the ministry must still look at what machines gather"
        Hearing "states.*.staff" ["listening-languages" "states.US.staff"]
    "M34" "Ministries react to events as they happen, and change their frames with opinion"
        Listening "events.messages.*.after.event" ["data-early-warning" "events.messages.advice.after.event"]
    "M35" "Pictures and emotion raise attention"
        Salience "dispositions.salience.image" ["canada-saudi-2018" "events.messages.arabic-tweet.moral_words"]
    "M36" "Messages can be aimed at single publics"
        Mobilisation "accounts.*.audience" [
            "data-early-warning" "accounts.consulate.audience.HT-diaspora-US",
            "welcome-tweet-2017" "accounts.creole-media.audience.HT-diaspora-US"]
    "M37" "Support of allies must be kept until an aim is reached"
        ThirdParties "dispositions.third_parties.alignment" ["canada-saudi-2018" "recorded.\"state.BH.stands_with_SA\".value"]
    "M38" "Scandals, leaks and hacks make institutions cautious"
        Caution "dispositions.caution.half_life" ["leaked-cables-2010" "events.offline.published.caution"]
    "M39" "A hijacked account can revive tensions"
        Denial "events.messages.*.hijacked" ["state-account-hijack" "events.messages.false-threat.hijacked"]
    "M40" "Small states buy centrality"
        Sharing "accounts.*.follows" ["buying-centrality" "accounts.CancilleriaPeru.follows"]
    "M41" "Parts of states speak abroad, which is a claim in itself, and their parents act against it"
        Caution "states.*.parent" ["paris-ottawa-quebec-2020" "states.QC.parent"]
    "M42" "Virtual posts take the place of embassies where getting there costs little"
        Attention "accounts.*.access_cost" ["virtual-embassies" "accounts.virtual-embassy.access_cost"]
    "M43" "The platform takes the place of traditional channels"
        Posting "states.*.discretion" ["public-diplomacy-share" "states.DE.discretion", "medium-latency" "states.GB.discretion"]
    "M44" "Private actors enter and set topics"
        Press "accounts.*.voice" ["leaked-cables-2010" "accounts.wikileaks.voice", "press-review" "accounts.loud-voice.voice"]
    "M45" "A common archive shortens the search within the ministry"
        Response "states.*.knowledge_base" ["knowledge-base" "states.DE.knowledge_base"]
    "M46" "Governments contest facts themselves"
        Framing "dispositions.framing.distort" ["fake-news-2016" "events.messages.arms-for-terrorists.act"]
    "M47" "An event outside the platform moves diplomacy onto it"
        Perception "events.offline.*.lines" ["virtual-summits" "events.offline.meetings-end.lines"]
    "M48" "What is posted differs in form: words, photographs, video"
        Salience "events.messages.*.format" ["canada-saudi-2018" "events.messages.plane-image.format"]
};

/// The mechanism matrix as Markdown.
pub fn page() -> String {
    let mut page = "\
# The mechanism matrix

What the study of digital diplomacy behind this program says happens on the platform (S. Paquin, La diplomatie à l'ère d'internet et des \
médias sociaux, 2021; numbers are those of the inventory), the rule that has it, the parameter that sets it, and scenarios that show it. \
A star stands for any name. `twiplomacy list --mechanisms` prints this page; tests look up every entry, and run each scenario with and \
without the rule.

| | claim | rule | parameter | scenario: what it states or varies |
| --- | --- | --- | --- | --- |
"
    .to_owned();
    for claim in CLAIMS {
        let rule = claim.rule.name();
        let shown: Vec<String> =
            claim.shown.iter().map(|(scenario, path)| format!("{scenario}: `{path}`")).collect();
        let _ = writeln!(
            page,
            "| {} | {} | [{rule}](../src/mechanisms/{rule}.rs) | `{}` | {} |",
            claim.id,
            claim.text,
            claim.parameter,
            shown.join("; ")
        );
    }
    page
}
