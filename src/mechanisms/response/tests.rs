use super::*;
use crate::mechanisms::{Bench, share_of_runs};
use crate::model::fixture::{self, A, B, C, DEMAND, RECALL, TRADE, WORDS};
use crate::model::ids::{InstrumentId, ScriptId};
use crate::model::setting::Setting;
use crate::model::world::Message;

fn rule(base: f64) -> Response {
    Response::new(&Params {
        base,
        tension: NonNegative::clamped(1.0),
        salience: NonNegative::clamped(0.2),
        salience_unit: Probability::clamped(0.01),
        slight: NonNegative::clamped(2.0),
        audience: NonNegative::clamped(1.5),
        dependence: NonNegative::clamped(10.0),
        private: NonNegative::clamped(1.0),
        satisfied: NonNegative::clamped(1.5),
        commitment: NonNegative::clamped(1.0),
        thrift: Probability::clamped(0.9),
        interest: NonNegative::clamped(20.0),
        in_kind: NonNegative::clamped(4.0),
        memory: TimeSpan::from_days(30),
        search: Probability::clamped(0.2),
        latency_spread: NonNegative::clamped(0.5),
        bypass: TimeSpan::from_secs(1800),
        review: TimeSpan::from_hours(48),
        spacing: TimeSpan::from_hours(10),
        way_out: -1.0,
        danger: NonNegative::clamped(2.0),
        reciprocity: NonNegative::clamped(1.5),
        face: NonNegative::clamped(1.0),
        concession: NonNegative::clamped(5.0),
    })
}

/// Acts that B decides on when it has understood `message` as a demand.
fn acts(setting: &Setting, message: Message, base: f64, run: u64) -> Vec<(SimTime, Act)> {
    let mut rule = rule(base);
    let mut bench = Bench::new(setting, run);
    let id = bench.post(message, &mut rule);
    bench.decide(id, Some(DEMAND), &mut rule);
    let planned = bench.agenda.drain().into_iter().filter_map(|(time, event)| match event {
        Event::ActDue(act) => Some((time, *act)),
        _ => None,
    });
    planned.collect()
}

/// Asserts that a share of `n` runs is that of a coin with the probability `expected`; α = 1e-4.
fn assert_share(found: f64, expected: f64, n: f64, what: &str) {
    let bound = 3.9 * (expected * (1.0 - expected) / n).sqrt();
    assert!((found - expected).abs() < bound, "{what}: {found}, expected {expected}");
}

/// η = −1.5 + 1·0.1 + 2·0.5 + 1.5 − 10·0.05 = 0.6 against thresholds 0, 1 and 2; α = 1e-4 for each of three shares.
#[test]
fn rungs_have_the_probabilities_of_the_ordered_logit() {
    let setting = fixture::setting();
    let highest = |run| {
        acts(&setting, fixture::appeal(SimTime::START), -1.5, run).iter().map(|(_, act)| act.rung).max()
    };
    for (rung, threshold) in [(WORDS, 0.0), (RECALL, 1.0), (TRADE, 2.0)] {
        let found = share_of_runs(4000, |&run| highest(run) >= Some(rung));
        let expected = 1.0 / (1.0 + f64::exp(threshold - 0.6));
        assert_share(found, expected, 4000.0, &format!("{rung:?}"));
    }
}

#[test]
fn a_package_begins_on_its_rung_and_never_repeats_or_uses_what_is_exempt() {
    let mut setting = fixture::setting();
    let dyad = setting.dyad_idx(B, A);
    let exempt = InstrumentId(1);
    setting.dyads[dyad].exempt.push(exempt);
    for run in 0..200 {
        let package = acts(&setting, fixture::appeal(SimTime::START), 50.0, run);
        let tools: Vec<InstrumentId> = package.iter().filter_map(|(_, act)| act.instrument).collect();
        assert_eq!(package[0].1.rung, TRADE);
        assert_eq!(package[0].0, SimTime::START);
        assert!(package.windows(2).all(|pair| pair[0].0 <= pair[1].0));
        assert!(!tools.contains(&exempt));
        assert!((1..tools.len()).all(|idx| !tools[..idx].contains(&tools[idx])), "{tools:?}");
    }
}

#[test]
fn language_and_audience_raise_the_answer_and_privacy_lowers_it_run_by_run() {
    let setting = fixture::setting();
    let public = fixture::appeal(SimTime::START);
    let foreign = Message { languages: [fixture::LANGUAGE[0]].into_iter().collect(), ..public.clone() };
    let private = Message { delivery: Delivery::Private, ..public.clone() };
    let answers = |message: &Message, run| !acts(&setting, message.clone(), -1.5, run).is_empty();
    let mut fewer = 0;
    for run in 0..500 {
        for quieter in [&foreign, &private] {
            assert!(answers(&public, run) || !answers(quieter, run));
            fewer += u32::from(answers(&public, run) && !answers(quieter, run));
        }
    }
    assert!(fewer > 50, "{fewer}");
}

/// The same words by an account near A's government are not words of that government over B's head: η is lower by the audience cost, 1.5, and
/// they can be disowned. α = 1e-4.
#[test]
fn words_of_an_account_near_a_government_cost_the_other_no_audience() {
    let mut setting = fixture::setting();
    for (kind, log_odds) in [(VoiceKind::Ministry, 0.6_f64), (VoiceKind::ParaState, -0.9)] {
        setting.voices[fixture::MINISTER.idx()].kind = kind;
        let found = share_of_runs(4000, |&run| {
            !acts(&setting, fixture::appeal(SimTime::START), -1.5, run).is_empty()
        });
        let expected = 1.0 / (1.0 + (-log_odds).exp());
        assert_share(found, expected, 4000.0, &format!("{kind:?}"));
    }
}

/// η = 0.6 as above, and 1 more once B has threatened A in public (the highest rung of words here is that of criticism); α = 1e-4.
#[test]
fn a_threat_of_its_own_commits_a_state_if_it_was_public() {
    let setting = fixture::setting();
    for (delivery, expected) in [(Delivery::Public, 1.6_f64), (Delivery::Private, 0.6)] {
        let found = share_of_runs(4000, |&run| {
            let mut rule = rule(-1.5);
            let mut bench = Bench::new(&setting, run);
            let threat = Message {
                author: Some(B),
                voice: crate::model::ids::VoiceId(2),
                target: Some(A),
                code: CodeId(2),
                delivery,
                ..fixture::appeal(SimTime::START)
            };
            bench.post(threat, &mut rule);
            let id = bench.post(fixture::appeal(SimTime::START), &mut rule);
            bench.decide(id, Some(DEMAND), &mut rule);
            bench.world.hearing(B, id).unwrap().answer != Some(RungId::NONE)
        });
        let expected = 1.0 / (1.0 + (-expected).exp());
        assert_share(found, expected, 4000.0, &format!("{delivery:?}"));
    }
}

/// Instruments 1 and 2 stand on the rung of trade and cost 0.3 and 0.5: with a dependence of 0.05 and an interest of 20 their weights are
/// 0.73·e^(−0.3) and 0.55·e^(−0.5), with none 0.73 and 0.55; α = 1e-4 for the share of packages that begin with the first.
#[test]
fn who_depends_on_the_other_spares_what_costs_itself() {
    let mut setting = fixture::setting();
    let dyad = setting.dyad_idx(B, A);
    for dependence in [0.05, 0.0] {
        setting.dyads[dyad].dependence = dependence;
        let first = |run| acts(&setting, fixture::appeal(SimTime::START), 50.0, run)[0].1.instrument;
        let found = share_of_runs(4000, |&run| first(run) == Some(InstrumentId(1)));
        let weight = |cost: f64| (1.0 - 0.9 * cost) * f64::exp(-20.0 * cost * dependence);
        let expected = weight(0.3) / (weight(0.3) + weight(0.5));
        assert_share(found, expected, 4000.0, &format!("{dependence}"));
    }
}

/// A quarrel as an absorbing chain: the tension is half of the rung that B used last, no answer ends it and trade measures end it too. From
/// rungs 1 and 2 the probabilities of each rung are those of the ordered logit, so with Q between them and r into trade the
/// probabilities of ending in trade solve (I − Q)·x = r. Start at rung 1; α = 1e-4.
#[test]
fn a_quarrel_is_absorbed_with_the_probabilities_of_the_matrix_solution() {
    let setting = fixture::setting();
    let (base, dyad) = (-0.4, setting.dyad_idx(B, A));
    // η = base + T + 2·0.5 + 1.5 − 10·0.05, thresholds 0, 1, 2.
    let index = |rung: f64| base + 0.5 * rung + 1.0 + 1.5 - 0.5;
    let passes = |rung: f64, threshold: f64| 1.0 / (1.0 + f64::exp(threshold - index(rung)));
    let step = |rung: f64| {
        let [p1, p2, p3] = [0.0, 1.0, 2.0].map(|threshold| passes(rung, threshold));
        [p1 - p2, p2 - p3, p3]
    };
    let ([a, b, r1], [c, d, r2]) = (step(1.0), step(2.0));
    let determinant = (1.0 - a) * (1.0 - d) - b * c;
    let expected = (r1 * (1.0 - d) + b * r2) / determinant;
    let ends_in_trade = |run: u64| {
        let mut rung = RungId(1);
        for quarrel in 0..10_000 {
            let mut rule = rule(base);
            let mut bench = Bench::new(&setting, run);
            let message = Message { key: quarrel, ..fixture::appeal(SimTime::START) };
            let id = bench.post(message, &mut rule);
            let tension = crate::model::decaying::Decaying::at_rest(0.5 * f64::from(rung.0), TimeSpan::ZERO);
            bench.world.relations[dyad].tension = tension;
            bench.decide(id, Some(DEMAND), &mut rule);
            rung = bench.world.hearing(B, id).unwrap().answer.unwrap();
            if rung == RungId::NONE || rung == TRADE {
                break;
            }
        }
        rung == TRADE
    };
    let found = share_of_runs(4000, |&run| ends_in_trade(run));
    assert_share(found, expected, 4000.0, "ends in trade");
}

/// The killing of one of B's own by A's forces opens the rungs of force to B, and having paid back closes them.
#[test]
fn force_is_answered_in_kind_only_after_force_and_less_once_paid_back() {
    let mut setting = fixture::setting();
    let force = RungId(setting.ladder.len() as u8);
    setting.ladder.push(crate::model::setting::Rung {
        id: "force".to_owned(),
        name: "force".to_owned(),
        sphere: Sphere::Force,
        threshold: 9.0,
        package: Some((1, 1)),
    });
    setting.codes[fixture::SANCTION.idx()].rung = force;
    setting.instruments[2].rung = force;
    let blow = |actor, target| Act {
        time: SimTime::START,
        actor,
        target,
        code: fixture::SANCTION,
        instrument: None,
        rung: RungId::NONE,
        issue: crate::model::ids::IssueId(0),
        cause: Cause::Script(ScriptId(0)),
        key: 1,
    };
    let share = |blows: &[Act]| {
        share_of_runs(2000, |&run| {
            let mut rule = Response::new(&Params {
                in_kind: NonNegative::clamped(100.0),
                satisfied: NonNegative::clamped(3.0),
                ..rule(0.0).params
            });
            let mut bench = Bench::new(&setting, run);
            for blow in blows {
                bench.world.take(*blow);
            }
            let message = Message {
                origin: Origin::Act(crate::model::ids::ActId(0)),
                ..fixture::appeal(SimTime::START)
            };
            let id = bench.post(message, &mut rule);
            bench.decide(id, Some(fixture::SANCTION), &mut rule);
            bench.world.hearing(B, id).unwrap().answer == Some(force)
        })
    };
    let (unprovoked, struck, paid_back) =
        (share(&[blow(A, C)]), share(&[blow(A, B)]), share(&[blow(A, B), blow(B, A)]));
    // η = 0.1 + 2·0.8 + 1.5 − 0.5 = 2.7 against the threshold of 9, which sinks to that of trade, 2; once paid back η is lower by 3.
    let expected = [2.7 - 9.0, 2.7 - 2.0, -0.3 - 2.0].map(|odds: f64| 1.0 / (1.0 + f64::exp(-odds)));
    for (found, expected) in [unprovoked, struck, paid_back].into_iter().zip(expected) {
        let bound = 3.9 * (expected * (1.0 - expected) / 2000.0).sqrt() + 1e-3;
        assert!((found - expected).abs() < bound, "{found} {expected}");
    }
}

/// Four levels of 6 h each with spread 0.5: the mean of a sum is 24·exp(0.125) h, its standard deviation 12·exp(0.125)·√(exp(0.25) − 1) h; a
/// leader who decides past them in three of ten cases does so in half an hour at the median. α = 1e-4.
#[test]
fn a_decision_goes_through_the_levels_of_the_ministry_or_past_them() {
    let mut setting = fixture::setting();
    let staff = &mut setting.states[B.idx()];
    (staff.decision, staff.levels) = (TimeSpan::from_hours(24), 4);
    let hours = |setting: &Setting, run| {
        let world = Bench::new(setting, run).world;
        rule(0.0).latency(B, 7, &world).as_hours()
    };
    let mean = (0..2000).map(|run| hours(&setting, run)).sum::<f64>() / 2000.0;
    let expected = 24.0 * 0.125_f64.exp();
    let deviation = 12.0 * 0.125_f64.exp() * (0.25_f64.exp() - 1.0).sqrt();
    assert!((mean - expected).abs() < 3.9 * deviation / 2000.0_f64.sqrt(), "{mean} {expected}");
    setting.states[B.idx()].bypass = 0.3;
    // Four hours lie more than four deviations above the one distribution and below any plausible sum of the other.
    let quick = share_of_runs(2000, |&run| hours(&setting, run) < 4.0);
    assert!((quick - 0.3).abs() < 3.9 * (0.21_f64 / 2000.0).sqrt(), "{quick}");
}

/// Three of four offices are spared half of the fifth of their time that looking up takes: the sum is shorter by 3/4·0.1, draw by draw in
/// each office; a single office has nobody to learn from.
#[test]
fn a_common_archive_spares_later_offices_what_the_first_has_looked_up() {
    let mut setting = fixture::setting();
    let mut mean = |levels: u32, knowledge_base: f64| {
        let staff = &mut setting.states[B.idx()];
        (staff.decision, staff.levels) = (TimeSpan::from_hours(24), levels);
        staff.knowledge_base = knowledge_base;
        let world = |run| Bench::new(&setting, run).world;
        (0..200).map(|run| rule(0.0).latency(B, 7, &world(run)).as_hours()).sum::<f64>() / 200.0
    };
    assert_eq!(mean(1, 0.0), mean(1, 1.0));
    let (without, with) = (mean(4, 0.0), mean(4, 0.5));
    // The first office has about a quarter of the time in every run; its part varies by a few hundredths in the mean of 200.
    assert!((with / without - 0.925).abs() < 0.005, "{with} {without}");
}

#[test]
fn cooperation_calls_for_no_answer() {
    let setting = fixture::setting();
    let mut bench = Bench::new(&setting, 0);
    let mut rule = rule(50.0);
    let praise = Message { code: fixture::PRAISE, heard_as: None, ..fixture::appeal(SimTime::START) };
    let id = bench.post(praise, &mut rule);
    bench.decide(id, None, &mut rule);
    assert_eq!(bench.agenda.n_pending(), 0);
}

#[test]
fn acts_of_one_affair_and_the_rest_of_a_thread_call_for_one_decision() {
    let mut setting = fixture::setting();
    let mut second = setting.script.messages[0].clone();
    second.continues = Some(ScriptId(0));
    setting.script.messages.push(second);
    let mut bench = Bench::new(&setting, 0);
    let mut rule = rule(0.0);
    let origins = [
        Origin::Script(ScriptId(0)),
        Origin::Script(ScriptId(1)),
        Origin::Act(crate::model::ids::ActId(0)),
        Origin::Act(crate::model::ids::ActId(1)),
    ];
    let mut decisions = Vec::new();
    for origin in origins {
        let id = bench.post(Message { origin, ..fixture::appeal(SimTime::START) }, &mut rule);
        bench.tell(&Event::MessageHeard { state: B, message: id }, &mut rule);
        decisions.push(bench.agenda.drain().len());
    }
    assert_eq!(decisions, [1, 0, 1, 0]);
}

/// A quarrel between A and B: `blows` (actor, target, code), the last word of A before B decides on it, and what B then says.
fn way_out(blows: &[(StateId, StateId, CodeId)], word: CodeId, run: u64) -> Option<String> {
    let mut setting = fixture::setting();
    // Conciliatory codes by their names: praise becomes a statement, the offer of mediation an apology.
    (setting.codes[fixture::PRAISE.idx()].code, setting.codes[fixture::MEDIATE.idx()].code) =
        ("013".to_owned(), "055".to_owned());
    let mut rule = rule(-50.0);
    let mut bench = Bench::new(&setting, run);
    for &(actor, target, code) in blows {
        let act = Act {
            time: SimTime::START,
            actor,
            target,
            code,
            instrument: None,
            rung: RungId::NONE,
            issue: crate::model::ids::IssueId(0),
            cause: Cause::Script(ScriptId(0)),
            key: 1,
        };
        bench.world.take(act);
    }
    let message = Message { code: word, heard_as: None, ..fixture::appeal(SimTime::START) };
    let id = bench.post(message, &mut rule);
    bench.decide(id, Some(word), &mut rule);
    let offered = bench.agenda.drain().into_iter().find_map(|(_, event)| match event {
        Event::ActDue(act) => Some(*act),
        _ => None,
    });
    offered.map(|act| {
        assert_eq!((act.actor, act.target, act.rung, act.cause), (B, A, RungId::NONE, Cause::Message(id)));
        setting.codes[act.code.idx()].code.clone()
    })
}

/// ζ = −1 + 2·3/3 + 10·0.05 = 1.5 where both have used trade measures, the top of this ladder; 1 less where only A has; 1.5 more after a
/// conciliatory word that is believed. Without a quarrel there is nothing to get out of. α = 1e-4 for each share.
#[test]
fn a_way_out_is_offered_with_the_probability_of_danger_face_and_reciprocity() {
    let (hit, hit_back) = ((A, B, fixture::SANCTION), (B, A, fixture::SANCTION));
    for (blows, word, log_odds) in
        [(&[hit, hit_back][..], DEMAND, 1.5_f64), (&[hit], DEMAND, 0.5), (&[hit], fixture::PRAISE, 2.0)]
    {
        let found = share_of_runs(4000, |&run| way_out(blows, word, run).is_some());
        let expected = 1.0 / (1.0 + (-log_odds).exp());
        assert_share(found, expected, 4000.0, &format!("{blows:?} {word:?}"));
    }
    assert_eq!(share_of_runs(200, |&run| way_out(&[], fixture::PRAISE, run).is_some()), 0.0);
}

/// Without having paid back, B says that all is well or apologises in the proportion exp(−5·0.34) to exp(−5·0.5); having paid back, it
/// never apologises. α = 1e-4.
#[test]
fn words_that_concede_much_are_rarer_and_whoever_has_struck_back_does_not_apologise() {
    let (hit, hit_back) = ((A, B, fixture::SANCTION), (B, A, fixture::SANCTION));
    let said: Vec<String> = (0..4000).filter_map(|run| way_out(&[hit], DEMAND, run)).collect();
    let found = said.iter().filter(|code| *code == "055").count() as f64 / said.len() as f64;
    let expected = 1.0 / (1.0 + f64::exp(5.0 * 0.5 - 5.0 * 0.34));
    assert_share(found, expected, said.len() as f64, "an apology");
    assert!((0..500).filter_map(|run| way_out(&[hit, hit_back], DEMAND, run)).all(|code| code == "013"));
}

/// After its own offer B keeps quiet until one of the two acts with hostility again.
#[test]
fn an_offer_is_made_once_after_each_hostile_act() {
    let mut setting = fixture::setting();
    setting.codes[fixture::PRAISE.idx()].code = "013".to_owned();
    let mut rule = Response::new(&Params { way_out: 50.0, ..rule(-50.0).params });
    let mut bench = Bench::new(&setting, 0);
    let act = |hours: i64, code: CodeId, (actor, target): (StateId, StateId), cause: Cause| Act {
        time: SimTime::START + TimeSpan::from_hours(hours),
        actor,
        target,
        code,
        instrument: None,
        rung: RungId::NONE,
        issue: crate::model::ids::IssueId(0),
        cause,
        key: 1,
    };
    let mut offers = Vec::new();
    for round in 0..3 {
        if round != 1 {
            bench.world.take(act(round, fixture::SANCTION, (A, B), Cause::Script(ScriptId(0))));
        }
        let message = Message { key: round as u32, ..fixture::appeal(SimTime::START) };
        let id = bench.post(message, &mut rule);
        bench.decide(id, Some(DEMAND), &mut rule);
        let offered: Vec<Event> = bench.agenda.drain().into_iter().map(|(_, event)| event).collect();
        offers.push(offered.len());
        if !offered.is_empty() {
            bench.world.take(act(round, fixture::PRAISE, (B, A), Cause::Message(id)));
        }
    }
    assert_eq!(offers, [1, 0, 1]);
}
