//! What a page says in words, in English and French.
//!
//! Both languages are in the page; the style sheet shows one of them. Texts of the scenario stay in the language in which they were written.

use super::PageInput;
use super::frame::escape;
use crate::experiment::summary::{OutcomeSummary, Placed, Statistics};
use crate::model::outcome::{Layout, RecordedRole, Unit};
use crate::report::human::{self, grouped};

/// Plots that the page draws itself, from the numbers.
pub(super) const IN_CHARTS: [&str; 5] = ["reach", "shares", "tension", "prices", "volatility"];

/// A text in both languages, of which the page shows one.
pub(super) fn both(english: &str, french: &str) -> String {
    format!("<span lang=\"en\">{english}</span><span lang=\"fr\">{french}</span>")
}

/// Head line, summary of the scenario, and what came out in words.
pub(super) fn opening(input: &PageInput<'_>) -> String {
    let header = &input.scenario.file.scenario;
    let setting = input.simulation.setting();
    let runs = grouped(input.summary.runs as u64);
    let accounts = grouped(u64::from(setting.network.n_accounts()));
    let lead = both(
        &format!("{runs} simulated histories of {accounts} accounts, seed {}", input.simulation.seed()),
        &format!(
            "{} histoires simulées de {} comptes, graine {}",
            french(&runs),
            french(&accounts),
            input.simulation.seed()
        ),
    );
    let findings: String = findings(input).iter().map(|finding| format!("<li>{finding}</li>")).collect();
    format!(
        "<header><p class=\"languages\" id=\"languages\"></p><h1>{}</h1><p class=\"lead\">{lead}</p></header>\
         <section><p lang=\"en\" class=\"always\">{}</p>{}<h2>{}</h2><ul class=\"findings\">{findings}</ul></section>",
        escape(&header.title),
        escape(header.summary.trim()),
        changes(input),
        both("In words", "En mots"),
    )
}

/// What differs from the scenario as it stands, if anything.
fn changes(input: &PageInput<'_>) -> String {
    if input.scenario.overrides.is_empty() {
        return String::new();
    }
    let arm = input.scenario.arm.as_deref().unwrap_or_default();
    let changed = input.scenario.overrides.iter();
    let list: String = changed
        .map(|(path, value)| format!("<li><code>{} = {}</code></li>", escape(path), escape(value)))
        .collect();
    let title = both("Changed in this simulation", "Modifié dans cette simulation");
    format!(
        "<p class=\"changed\"><strong>{title}</strong> {}</p><ul class=\"changed\">{list}</ul>",
        escape(arm)
    )
}

/// One sentence for each outcome that comes first, and one on the record.
fn findings(input: &PageInput<'_>) -> Vec<String> {
    let of = |id: &String| input.summary.outcome(id).map(|outcome| finding(input, outcome));
    let mut sentences: Vec<String> = input.highlighted.iter().filter_map(of).collect();
    let (inside, n) = covered(input);
    if n > 0 {
        sentences.push(both(
            &format!("Of {n} recorded numbers, {inside} lie where nine runs in ten end; were the model right, about {} would.", expected(n)),
            &format!("Sur {n} nombres observés, {inside} se trouvent là où finissent neuf simulations sur dix ; si le modèle était juste, ce serait le cas d’environ {}.", expected(n)),
        ));
    }
    sentences
}

fn expected(n: usize) -> usize {
    (0.9 * n as f64).round() as usize
}

/// Recorded numbers between the 5 % and 95 % quantiles, and recorded numbers.
fn covered(input: &PageInput<'_>) -> (usize, usize) {
    let numbers = input.recorded.iter().filter_map(|placed| {
        match input.summary.outcome(&placed.recorded.outcome)?.statistics {
            Statistics::Distribution { quantiles, .. } => {
                Some((quantiles.q05..=quantiles.q95).contains(&placed.recorded.value))
            }
            Statistics::Proportion { .. } => None,
        }
    });
    numbers.fold((0, 0), |(inside, n), is_inside| (inside + usize::from(is_inside), n + 1))
}

fn finding(input: &PageInput<'_>, outcome: &OutcomeSummary) -> String {
    let (english, french) = outcome_name(&outcome.id, input.layout());
    let placed = input.recorded.iter().find(|placed| placed.recorded.outcome == outcome.id);
    let (mut en, mut fr) = match outcome.statistics {
        _ if outcome.n == 0 => ("in no run".to_owned(), "dans aucune simulation".to_owned()),
        Statistics::Proportion { p, interval } => {
            let share = human::value(outcome.unit, p);
            let range = human::range(outcome.unit, interval.low, interval.high);
            (
                format!("in {share} of runs (95 % interval {range})"),
                format!(
                    "dans {} des simulations (intervalle à 95 % : {})",
                    self::french(&share),
                    self::french(&range)
                ),
            )
        }
        Statistics::Distribution { quantiles, .. } => {
            let value = |number: f64| value(input.layout(), outcome.unit, number);
            let (middle, low, high) = (value(quantiles.q50), value(quantiles.q05), value(quantiles.q95));
            (
                format!("median {middle}; nine runs in ten end between {low} and {high}"),
                format!(
                    "médiane {} ; neuf simulations sur dix finissent entre {} et {}",
                    self::french(&middle),
                    self::french(&low),
                    self::french(&high)
                ),
            )
        }
    };
    if let Some(placed) = placed {
        let (recorded, kind) = (recorded_value(input.layout(), outcome, placed), role(placed.recorded.role));
        en.push_str(&format!("; recorded: {} ({})", recorded.0, kind.0));
        fr.push_str(&format!(" ; observé : {} ({})", recorded.1, kind.1));
    }
    both(&format!("<strong>{english}</strong>: {en}."), &format!("<strong>{french}</strong> : {fr}."))
}

/// A recorded value in both languages.
pub(super) fn recorded_value(layout: &Layout, outcome: &OutcomeSummary, placed: &Placed) -> (String, String) {
    match outcome.statistics {
        Statistics::Proportion { .. } if placed.recorded.value == 0.0 => ("no".into(), "non".into()),
        Statistics::Proportion { .. } => ("yes".into(), "oui".into()),
        Statistics::Distribution { .. } => {
            let text = value(layout, outcome.unit, placed.recorded.value);
            (text.clone(), french(&text))
        }
    }
}

/// How a recorded value was used.
pub(super) const fn role(role: RecordedRole) -> (&'static str, &'static str) {
    match role {
        RecordedRole::Fitted => ("fitted", "ajusté"),
        RecordedRole::HeldOut => ("held out", "mis de côté"),
        RecordedRole::Control => ("control", "témoin"),
    }
}

/// A number with its unit; rungs with their names.
pub(super) fn value(layout: &Layout, unit: Unit, number: f64) -> String {
    match (unit, layout.rungs.get(number.max(0.0).round() as usize)) {
        (Unit::Rung, Some((_, name))) if number.is_finite() => format!("{number:.0} ({})", escape(name)),
        _ => human::value(unit, number),
    }
}

/// A number written in French: a comma before decimals, narrow spaces between thousands.
pub(super) fn french(number: &str) -> String {
    let thousands = number.replace(',', "\u{202f}");
    let characters: Vec<char> = thousands.chars().collect();
    let is_digit = |index: Option<usize>| {
        index.and_then(|index| characters.get(index)).is_some_and(char::is_ascii_digit)
    };
    let written = characters.iter().enumerate().map(|(index, &character)| {
        let is_point = character == '.' && is_digit(index.checked_sub(1)) && is_digit(Some(index + 1));
        if is_point { ',' } else { character }
    });
    written.collect()
}

/// What an outcome is called, in both languages; its id where nothing better is known.
pub(super) fn outcome_name(id: &str, layout: &Layout) -> (String, String) {
    let (path, name) = id.rsplit_once('.').unwrap_or(("", id));
    let subject = path.split_once('.').map_or(path, |(_, subject)| subject);
    let subject = escape(label(path, layout).unwrap_or(subject));
    let towards = subject.split_once('-').map(|(from, to)| (from.to_owned(), to.to_owned()));
    let rung = |id: &str| {
        layout.rungs.iter().find(|(known, _)| known == id).map_or(String::new(), |(_, name)| escape(name))
    };
    let named =
        |english: &str, french: &str| (format!("{subject}: {english}"), format!("{subject} : {french}"));
    match (name, towards) {
        ("peak_rung", Some((from, to))) => (
            format!("Highest rung of {from} towards {to}"),
            format!("Échelon le plus haut de {from} envers {to}"),
        ),
        ("goldstein_sum", Some((from, to))) => (
            format!("Sum of Goldstein weights of the acts of {from} towards {to}"),
            format!("Somme des poids de Goldstein des actes de {from} envers {to}"),
        ),
        ("goldstein_min", Some((from, to))) => (
            format!("Harshest act of {from} towards {to} (Goldstein weight)"),
            format!("Acte le plus dur de {from} envers {to} (poids de Goldstein)"),
        ),
        ("first_act_hours", Some((from, to))) => (
            format!("Time to the first act of {from} towards {to}"),
            format!("Délai jusqu’au premier acte de {from} envers {to}"),
        ),
        (reached, Some((from, to))) if reached.starts_with("reached_") && path.starts_with("dyad.") => {
            let name = rung(reached.trim_start_matches("reached_"));
            (
                format!("{from} towards {to}: {name}, or a higher rung"),
                format!("{from} envers {to} : {name}, ou un échelon supérieur"),
            )
        }
        ("answered", _) => named("the state addressed answers", "l’État visé répond"),
        ("posted", _) => named("is posted", "est publié"),
        ("shares", _) => named("shares", "partages"),
        ("reach", _) => named("people who saw it", "personnes atteintes"),
        ("first_session_return", _) => named(
            "return of the first session after the message",
            "rendement de la première séance après le message",
        ),
        ("first_session_abnormal_return", _) => {
            named("abnormal return of the first session", "rendement anormal de la première séance")
        }
        ("opening_gap", _) => {
            named("opening gap of the first session", "écart d’ouverture de la première séance")
        }
        ("same_day_abnormal_return", _) => named(
            "abnormal return of the session before the message (nothing may move)",
            "rendement anormal de la séance d’avant le message (rien ne doit bouger)",
        ),
        ("drawdown", _) => named("largest fall from a high", "plus forte baisse depuis un sommet"),
        ("peak", _) => named("highest level", "niveau le plus haut"),
        ("loss_usd", _) => (
            "Loss of capitalisation of all markets in three days".into(),
            "Perte de capitalisation de tous les marchés en trois jours".into(),
        ),
        (stands, _) if stands.starts_with("stands_with_") => {
            let other = escape(stands.trim_start_matches("stands_with_"));
            (format!("{subject} speaks up for {other}"), format!("{subject} prend parti pour {other}"))
        }
        _ => {
            let plain = name.replace('_', " ");
            (format!("{subject}: {}", escape(&plain)), format!("{subject} : {}", escape(&plain)))
        }
    }
}

/// The label of the series beside an outcome that is about a market or an index.
fn label<'a>(path: &str, layout: &'a Layout) -> Option<&'a str> {
    if !(path.starts_with("market.") || path.starts_with("volatility.")) {
        return None;
    }
    let beside =
        layout.series.iter().find(|spec| spec.id.rsplit_once('.').is_some_and(|(own, _)| own == path));
    beside.map(|spec| spec.label.as_str())
}

/// What a plot shows.
pub(super) fn plot_name(stem: &str) -> String {
    let (english, french) = match stem {
        "cascade" => (
            "How large the cascades are: share of runs with at least so many shares",
            "Taille des cascades : part des simulations avec au moins tant de partages",
        ),
        "ladder" => ("The ladder over time", "L’échelle d’escalade dans le temps"),
        "rungs" => ("From the first act to the highest rung", "Du premier acte à l’échelon le plus haut"),
        "causes" => ("One run and its causes", "Une simulation et ses causes"),
        "map" => ("A cascade on the map of the network", "Une cascade sur la carte du réseau"),
        "first_session" => (
            "Returns of the first session after the message",
            "Rendements de la première séance après le message",
        ),
        "sessions" => (
            "The first session, from close to opening to close",
            "La première séance, de la clôture à l’ouverture et à la clôture",
        ),
        "drawdown" => ("Largest falls from a high", "Plus fortes baisses depuis un sommet"),
        other => (other, other),
    };
    both(english, french)
}

/// Limits, sources and how the page was made.
pub(super) fn closing(input: &PageInput<'_>) -> String {
    let header = &input.scenario.file.scenario;
    let sources = header.sources.iter();
    let sources: String = sources
        .map(|(id, source)| format!("<dt><code>{}</code></dt><dd>{}</dd>", escape(id), escape(source)))
        .collect();
    let command = format!(
        "twiplomacy run {} --runs {} --seed {}",
        header.id.as_str(),
        input.summary.runs,
        input.simulation.seed()
    );
    format!(
        "<section><h2>{}</h2><p lang=\"en\" class=\"always\">{}</p><p>{}</p></section>\
         <section><details><summary>{}</summary><dl>{sources}</dl></details></section>\
         <footer><p>{} <code>{}</code> · twiplomacy {}</p></footer>",
        both("What this does not show", "Ce que cela ne montre pas"),
        escape(header.limits.trim()),
        both(
            "It is no forecast. Intervals say how exact the simulation is, not how right the model is; behaviour is the same for all scenarios, and many of its numbers are assumed (<code>twiplomacy describe</code> lists them).",
            "Ce n’est pas une prévision. Les intervalles disent la précision de la simulation, non la justesse du modèle ; les comportements sont les mêmes pour tous les scénarios, et beaucoup de leurs nombres sont supposés (<code>twiplomacy describe</code> les énumère).",
        ),
        both("Sources of the scenario", "Sources du scénario"),
        both("Made by", "Produit par"),
        escape(&command),
        env!("CARGO_PKG_VERSION"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn french_numbers_have_commas_and_narrow_spaces() {
        let table =
            [("2,000", "2\u{202f}000"), ("−1.04 %", "−1,04 %"), ("1.20…1.35 k", "1,20…1,35 k"), ("7", "7")];
        for (english, french) in table {
            assert_eq!(self::french(english), french);
        }
    }
}
