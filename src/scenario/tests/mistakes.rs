//! One mistake each, and the message it gets.

use super::{QUARREL, load, quarrel, request, small_world, with_options};
use crate::scenario::Request;
use insta::assert_snapshot;

/// What is said of the small scenario with one text replaced.
fn scenario_with(old: &str, new: &str) -> String {
    assert!(QUARREL.contains(old), "{old}");
    load(&request(&QUARREL.replacen(old, new, 1), &small_world())).unwrap_err().to_string()
}

/// What is said of the small world with one text replaced.
fn world_with(old: &str, new: &str) -> String {
    let world = small_world();
    assert!(world.contains(old), "{old}");
    load(&request(QUARREL, &world.replacen(old, new, 1))).unwrap_err().to_string()
}

#[test]
fn a_misspelt_key() {
    assert_snapshot!(scenario_with(r#"horizon = "30 days""#, r#"horizn = "30 days""#), @r#"
    error: unknown key `horizn` in `scenario`
     --> quarrel.toml:8:1
      |
    8 | horizn = "30 days"
      | ^^^^^^ scenario.horizn
      |
      = allowed: `id`, `title`, `summary`, `tier`, `start`, `horizon`, `reference`, `markets`, `world_before`, `states`, `sources` or `limits`
      = hint: did you mean `horizon`?
    "#);
}

#[test]
fn a_misspelt_section() {
    assert_snapshot!(scenario_with("[network]", "[netwrok]"), @r#"
    error: unknown key `netwrok`
      --> quarrel.toml:11:2
       |
    11 | [netwrok]
       |  ^^^^^^^ netwrok
       |
       = allowed: `scenario`, `network`, `accounts`, `issues`, `events`, `interventions`, `outcomes`, `recorded` or `teaching`
       = hint: did you mean `network`?
    "#);
}

#[test]
fn a_missing_key() {
    assert_snapshot!(scenario_with("title = \"A quarrel\"\n", ""), @r#"
    error: `title` is missing in `scenario`
     --> quarrel.toml:3:1
      |
    3 | [scenario]
      | ^^^^^^^^^^ scenario
      |
      = hint: `title`: title for people
    "#);
}

#[test]
fn a_probability_above_one() {
    assert_snapshot!(scenario_with("probability = 0.8", "probability = 1.8"), @r#"
    error: `probability` can't be `1.8`
      --> quarrel.toml:49:59
       |
    49 | after = { message = "first", delay = "2 h", probability = 1.8 }
       |                                                           ^^^ events.messages.second.after.probability
       |
       = allowed: a number from 0 to 1
    "#);
}

#[test]
fn a_missing_unit() {
    assert_snapshot!(scenario_with(r#"horizon = "30 days""#, "horizon = 30"), @r#"
    error: `horizon` can't be `30`
     --> quarrel.toml:8:11
      |
    8 | horizon = 30
      |           ^^ scenario.horizon
      |
      = allowed: a duration that is not negative, such as `15 min`, `36 h` or `90 days`
      = hint: write the unit, such as `30 days`
    "#);
}

#[test]
fn an_instant_without_offset() {
    assert_snapshot!(scenario_with("time = 2019-03-04T15:00:00Z", "time = 2019-03-04T15:00:00"), @r#"
    error: `time` can't be `2019-03-04T15:00:00`
      --> quarrel.toml:39:8
       |
    39 | time = 2019-03-04T15:00:00
       |        ^^^^^^^^^^^^^^^^^^^ events.messages.first.time
       |
       = allowed: a date and time with an offset, such as `2018-08-05T21:00:00Z`
       = hint: add `Z` for UTC, `2019-03-04T15:00:00Z`, or an offset, `2019-03-04T15:00:00+03:00`
    "#);
}

#[test]
fn an_unknown_country() {
    assert_snapshot!(scenario_with(r#"publics = ["CA", "SA-citizen"]"#, r#"publics = ["CAN", "SA-citizen"]"#), @r#"
    error: unknown country or public `CAN`
      --> quarrel.toml:13:12
       |
    13 | publics = ["CAN", "SA-citizen"]
       |            ^^^^^ network.publics
       |
       = allowed: `CA`, `SA`, `US`, `CA-attentive`, `CA-citizen`, `SA-attentive`, `SA-citizen`, `SA-students`, `US-attentive` or `US-citizen`
       = hint: did you mean `CA`?
    "#);
}

#[test]
fn an_unknown_country_in_an_audience() {
    assert_snapshot!(scenario_with("audience = { CA = 0.6, SA = 0.05 }", "audience = { CA = 0.6, SX = 0.05 }"), @r#"
    error: unknown country or public `SX`
      --> quarrel.toml:20:24
       |
    20 | audience = { CA = 0.6, SX = 0.05 }
       |                        ^^ accounts.ministry.audience.SX
       |
       = allowed: `CA`, `SA`, `US`, `CA-attentive`, `CA-citizen`, `SA-attentive`, `SA-citizen`, `SA-students`, `US-attentive` or `US-citizen`
       = hint: did you mean `SA`?
    "#);
}

#[test]
fn an_event_before_the_start() {
    assert_snapshot!(scenario_with("time = 2019-03-04T15:00:00Z", "time = 2019-03-04T09:00:00Z"), @r#"
    error: 2019-03-04 09:00 UTC is before the start
      --> quarrel.toml:39:8
       |
    39 | time = 2019-03-04T09:00:00Z
       |        ^^^^^^^^^^^^^^^^^^^^ events.messages.first.time
       |
       = allowed: 2019-03-04 12:00 UTC to 2019-04-03 12:00 UTC
       = hint: start the scenario earlier or move the event
    "#);
}

#[test]
fn an_event_after_the_end() {
    assert_snapshot!(scenario_with("time = 2019-03-06T12:00:00Z", "time = 2019-05-06T12:00:00Z"), @r#"
    error: 2019-05-06 12:00 UTC is after the end
      --> quarrel.toml:80:8
       |
    80 | time = 2019-05-06T12:00:00Z
       |        ^^^^^^^^^^^^^^^^^^^^ events.offline.speech.time
       |
       = allowed: 2019-03-04 12:00 UTC to 2019-04-03 12:00 UTC
       = hint: lengthen `scenario.horizon` or move the event
    "#);
}

#[test]
fn an_author_without_account() {
    assert_snapshot!(scenario_with(r#"author = "reader""#, r#"author = "raeder""#), @r#"
    error: unknown account `raeder`
      --> quarrel.toml:59:10
       |
    59 | author = "raeder"
       |          ^^^^^^^^ events.messages.third.author
       |
       = allowed: `ministry` or `reader`
       = hint: did you mean `reader`?
    "#);
}

#[test]
fn an_author_who_addresses_their_own_state() {
    assert_snapshot!(scenario_with("continues = \"first\"\nact = \"111\"\ntarget = \"SA\"", "continues = \"first\"\nact = \"111\"\ntarget = \"CA\""), @r#"
    error: `ministry` speaks for `CA` and addresses it too
      --> quarrel.toml:52:10
       |
    52 | target = "CA"
       |          ^^^^ events.messages.second.target
       |
       = hint: the target is another state than the author's
    "#);
}

#[test]
fn a_message_that_continues_somebody_else() {
    assert_snapshot!(scenario_with(r#"continues = "first""#, r#"continues = "third""#), @r#"
    error: `third` by `reader` can't be continued by `ministry`
      --> quarrel.toml:50:13
       |
    50 | continues = "third"
       |             ^^^^^^^ events.messages.second.continues
       |
       = allowed: a message of the same author
    "#);
}

#[test]
fn a_cycle_of_messages() {
    assert_snapshot!(scenario_with("time = 2019-03-04T15:00:00Z\nact", "after = { message = \"second\", delay = \"1 h\" }\nact"), @r#"
    error: messages wait for one another: `first` → `second` → `first`
      --> quarrel.toml:39:9
       |
    39 | after = { message = "second", delay = "1 h" }
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ events.messages.first.after
       |
       = hint: a message comes `after`, `continues` or `denies` an earlier one
    "#);
}

#[test]
fn a_message_that_waits_for_itself() {
    assert_snapshot!(scenario_with(r#"message = "first", delay"#, r#"message = "second", delay"#), @r#"
    error: messages wait for one another: `second` → `second`
      --> quarrel.toml:49:9
       |
    49 | after = { message = "second", delay = "2 h", probability = 0.8 }
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ events.messages.second.after
       |
       = hint: a message comes `after`, `continues` or `denies` an earlier one
    "#);
}

#[test]
fn a_message_with_time_and_condition() {
    assert_snapshot!(scenario_with(r#"author = "reader""#, "author = \"reader\"\ntime = 2019-03-04T15:00:00Z"), @r#"
    error: a message has `time` or `after`, not both
      --> quarrel.toml:61:9
       |
    61 | after = { actor = "SA", target = "CA", rung = "talk", delay = "1 d" }
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ events.messages.third.after
       |
       = hint: remove one of them
    "#);
}

#[test]
fn a_message_without_time() {
    assert_snapshot!(scenario_with("after = { actor = \"SA\", target = \"CA\", rung = \"talk\", delay = \"1 d\" }\n", ""), @r#"
    error: a message has `time` or `after`, and this one has neither
      --> quarrel.toml:58:1
       |
    58 | [events.messages.third]
       | ^^^^^^^^^^^^^^^^^^^^^^^ events.messages.third
       |
       = hint: write when it is posted, such as `time = 2018-08-05T21:00:00Z`
    "#);
}

#[test]
fn a_condition_on_half_an_act() {
    assert_snapshot!(scenario_with(r#"target = "CA", rung = "talk", delay"#, "delay"), @r#"
    error: the condition names an act without `target` and `rung`
      --> quarrel.toml:60:9
       |
    60 | after = { actor = "SA", delay = "1 d" }
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ events.messages.third.after
       |
       = hint: write `actor`, `target` and `rung` for an act, `message` for a message, or `event` for an event
    "#);
}

#[test]
fn an_unknown_rung() {
    assert_snapshot!(scenario_with(r#"rung = "talk", delay"#, r#"rung = "tlak", delay"#), @r#"
    error: unknown rung `tlak`
      --> quarrel.toml:60:47
       |
    60 | after = { actor = "SA", target = "CA", rung = "tlak", delay = "1 d" }
       |                                               ^^^^^^ events.messages.third.after.rung
       |
       = allowed: `none`, `talk` or `break`
       = hint: did you mean `talk`?
    "#);
}

#[test]
fn an_unknown_act_code() {
    assert_snapshot!(scenario_with("act = \"1312\"\ntarget", "act = \"1321\"\ntarget"), @r#"
    error: unknown act code `1321`
      --> quarrel.toml:61:7
       |
    61 | act = "1321"
       |       ^^^^^^ events.messages.third.act
       |
       = allowed: `111` or `1312`
       = hint: did you mean `1312`?
    "#);
}

#[test]
fn an_issue_with_one_pole() {
    assert_snapshot!(scenario_with(r#"negative = "SA""#, r#"negative = "CA""#), @r#"
    error: both poles of the issue `rights` are `CA`
      --> quarrel.toml:33:12
       |
    33 | negative = "CA"
       |            ^^^^ issues.rights.negative
       |
       = allowed: two different states
    "#);
}

#[test]
fn shares_that_exceed_one() {
    assert_snapshot!(scenario_with("audience = { CA = 0.6, SA = 0.05 }", "audience = { CA = 0.6, SA = 0.5 }"), @r#"
    error: the shares sum to 1.1
      --> quarrel.toml:20:1
       |
    20 | audience = { CA = 0.6, SA = 0.5 }
       | ^^^^^^^^ accounts.ministry.audience
       |
       = allowed: at most 1
    "#);
}

#[test]
fn more_followers_than_users() {
    assert_snapshot!(scenario_with("followers = 500_000", "followers = 50_000_000"), @r#"
    error: 30000000 of 50000000 followers are in `CA`, which has 8000000 users
      --> quarrel.toml:20:19
       |
    20 | audience = { CA = 0.6, SA = 0.05 }
       |                   ^^^ accounts.ministry.audience.CA
       |
       = hint: lower `followers` or the share
    "#);
}

#[test]
fn nobody_whom_an_account_can_follow() {
    let mutual = "followers = 100\nmutual = [\"SA\", \"minstry\", \"reader\"]";
    assert_snapshot!(scenario_with("followers = 100", mutual), @r#"
    error: unknown account or state `minstry`
      --> quarrel.toml:27:17
       |
    27 | mutual = ["SA", "minstry", "reader"]
       |                 ^^^^^^^^^ accounts.reader.mutual
       |
       = allowed: `ministry`, `reader`, `CA` or `SA`
       = hint: did you mean `ministry`?

    error: `reader` can't follow itself
      --> quarrel.toml:27:28
       |
    27 | mutual = ["SA", "minstry", "reader"]
       |                            ^^^^^^^^ accounts.reader.mutual
       |
       = allowed: other accounts of the scenario, and states
    "#);
}

#[test]
fn too_few_accounts() {
    assert_snapshot!(scenario_with("accounts = 20_000", "accounts = 200"), @r#"
    error: `accounts` can't be `200`
      --> quarrel.toml:12:12
       |
    12 | accounts = 200
       |            ^^^ network.accounts
       |
       = allowed: from 1000 to 50000000 simulated accounts
    "#);
}

#[test]
fn an_outcome_of_nothing() {
    assert_snapshot!(scenario_with(r#"highlight = ["message.first.shares""#, r#"highlight = ["message.frist.shares""#), @r#"
    error: unknown message `frist`
      --> quarrel.toml:90:14
       |
    90 | highlight = ["message.frist.shares", "world.loss_usd"]
       |              ^^^^^^^^^^^^^^^^^^^^^^ outcomes.highlight
       |
       = allowed: `first`, `second` or `third`
       = hint: did you mean `first`?
    "#);
}

#[test]
fn an_outcome_of_no_kind() {
    assert_snapshot!(scenario_with("market.TSX.first_session_return", "markt.TSX.first_session_return"), @r#"
    error: `markt.TSX.first_session_return` is not the id of an outcome
      --> quarrel.toml:92:11
       |
    92 | [recorded."markt.TSX.first_session_return"]
       |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ recorded."markt.TSX.first_session_return"
       |
       = allowed: ids that begin with `message`, `dyad`, `market`, `volatility`, `world`, `state`, `recognition`, `mobilisation` or `ratio`
       = hint: did you mean `market`?
    "#);
}

#[test]
fn a_recorded_value_without_sense() {
    assert_snapshot!(scenario_with(r#"value = "-0.45 %""#, r#"value = "a lot""#), @r#"
    error: `market.TSX.first_session_return` can't be `"a lot"`
      --> quarrel.toml:93:9
       |
    93 | value = "a lot"
       |         ^^^^^^^ recorded."market.TSX.first_session_return".value
       |
       = allowed: a number, a percentage (`-0.45 %`), a duration (`7.5 h`), an amount (`5 bn USD`), `true` or `false`
    "#);
}

#[test]
fn an_unknown_dyad() {
    assert_snapshot!(scenario_with("tension = { SA-CA = 0.2 }", "tension = { SA-XX = 0.2 }"), @r#"
    error: unknown dyad `SA-XX`
      --> quarrel.toml:82:13
       |
    82 | tension = { SA-XX = 0.2 }
       |             ^^^^^ events.offline.speech.tension.SA-XX
       |
       = allowed: `CA-SA` or `SA-CA`
    "#);
}

#[test]
fn an_intervention_on_nothing() {
    assert_snapshot!(scenario_with(r#""events.messages.first.delivery" = "private""#, r#""events.messages.frist.delivery" = "private""#), @r#"
    error: in the arm `quiet`: no `frist` in `events.messages`
      --> quarrel.toml:87:9
       |
    87 | set = { "events.messages.frist.delivery" = "private", "dyads.SA-CA.tension" = 0.0 }
       |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ events.messages.frist.delivery
       |
       = allowed: `first`, `second` or `third`
       = hint: did you mean `first`?
    "#);
}

#[test]
fn an_intervention_with_a_wrong_value() {
    assert_snapshot!(scenario_with(r#""events.messages.first.delivery" = "private""#, r#""events.messages.first.delivery" = "secret""#), @r#"
    error: in the arm `quiet`: `delivery` can't be `"secret"`
      --> quarrel.toml:87:44
       |
    87 | set = { "events.messages.first.delivery" = "secret", "dyads.SA-CA.tension" = 0.0 }
       |                                            ^^^^^^^^ events.messages.first.delivery
       |
       = allowed: `public`, `private` or `unsent`
    "#);
}

#[test]
fn an_intervention_with_an_unquoted_path() {
    assert_snapshot!(scenario_with(r#""events.messages.first.delivery" = "private""#, r#"events.messages.first.delivery = "private""#), @r#"
    error: in the arm `quiet`: `events` is not the path of a parameter
      --> quarrel.toml:87:9
       |
    87 | set = { events.messages.first.delivery = "private", "dyads.SA-CA.tension" = 0.0 }
       |         ^^^^^^ events
       |
       = hint: in an intervention, quote the whole path: `"network.accounts" = 50000`
    "#);
}

#[test]
fn duplicate_keys() {
    assert_snapshot!(scenario_with(r#"title = "A quarrel""#, "title = \"A quarrel\"\ntitle = \"Another\""), @r#"
    error: `title` is defined twice
     --> quarrel.toml:6:1
      |
    6 | title = "Another"
      | ^^^^^
    "#);
}

#[test]
fn a_newer_format() {
    assert_snapshot!(scenario_with("format = 1", "format = 7"), @r#"
    error: format = 7 is newer than this program reads (1): use a newer twiplomacy
     --> quarrel.toml:1:10
      |
    1 | format = 7
      |          ^ format
    "#);
}

#[test]
fn no_format() {
    assert_snapshot!(scenario_with("format = 1\n", ""), @r#"
    error: `format` is missing
     --> quarrel.toml:1:1
      |
    1 |
      | ^
      |
      = hint: begin the file with `format = 1`
    "#);
}

#[test]
fn a_format_that_is_not_first() {
    assert_snapshot!(scenario_with("format = 1\n", "seed = 1\nformat = 1\n"), @r#"
    error: `format` is not the first key
     --> quarrel.toml:2:1
      |
    2 | format = 1
      | ^^^^^^ format
      |
      = hint: begin the file with `format = 1`
    "#);
}

#[test]
fn an_id_with_a_dot() {
    assert_snapshot!(scenario_with("[events.messages.third]", r#"[events.messages."third.one"]"#), @r#"
    error: `third.one` can't be the id of a message
      --> quarrel.toml:58:18
       |
    58 | [events.messages."third.one"]
       |                  ^^^^^^^^^^^ events.messages."third.one"
       |
       = allowed: letters, digits, hyphens and underscores
    "#);
}

#[test]
fn thresholds_out_of_order() {
    assert_snapshot!(world_with("value = 2.0, basis", "value = -2.0, basis"), @r#"
    error: the threshold -2 of `break` is not above that of `talk`, 0
       --> world.toml:114:13
        |
    114 | threshold = { value = -2.0, basis = "assumed", source = "made" }
        |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ ladder.rungs.break.threshold
        |
        = hint: thresholds ascend with the rungs
    "#);
}

#[test]
fn a_package_with_one_number() {
    assert_snapshot!(world_with("package = [1, 3]", "package = [3, 1]"), @r#"
    error: `package` can't be `[3, 1]`
       --> world.toml:115:11
        |
    115 | package = [3, 1]
        |           ^^^^^^ ladder.rungs.break.package
        |
        = allowed: two whole numbers up to 100, the smaller first, such as `[1, 3]`
    "#);
}

#[test]
fn roles_that_do_not_sum_to_one() {
    assert_snapshot!(world_with("share = 0.97", "share = 0.9"), @r#"
    error: the shares of the roles sum to 0.93, not to 1
      --> world.toml:27:2
       |
    27 | [roles.citizen]
       |  ^^^^^ roles
    "#);
}

#[test]
fn hours_that_end_before_they_begin() {
    assert_snapshot!(world_with(r#"sessions = ["09:30-16:00"]"#, r#"sessions = ["16:30-16:00"]"#), @r#"
    error: the session `16:30-16:00` does not end after it begins
       --> world.toml:140:12
        |
    140 | sessions = ["16:30-16:00"]
        |            ^^^^^^^^^^^^^^^ markets.TSX.sessions
        |
        = hint: sessions lie within one local day, but the first may begin on the day before: `previous 18:00-17:00`
    "#);
}

#[test]
fn a_holiday_that_is_no_date() {
    assert_snapshot!(world_with(r#"holidays = ["2019-05-20"]"#, r#"holidays = ["2019-05-20", "2019-02-30"]"#), @r#"
    error: `2019-02-30` is not a date
       --> world.toml:142:27
        |
    142 | holidays = ["2019-05-20", "2019-02-30"]
        |                           ^^^^^^^^^^^^ markets.TSX.holidays.1
        |
        = hint: write year, month and day, such as `2019-05-01`
    "#);
}

#[test]
fn an_unknown_time_zone() {
    assert_snapshot!(world_with(r#""Asia/Riyadh""#, r#""Asia/Riad""#), @r#"
    error: `Asia/Riad` is not a time zone
      --> world.toml:14:13
       |
    14 | time_zone = "Asia/Riad"
       |             ^^^^^^^^^^^ countries.SA.time_zone
       |
       = hint: use an IANA name such as `Asia/Shanghai`
    "#);
}

#[test]
fn a_basis_that_is_none() {
    assert_snapshot!(world_with(r#"basis = "fitted""#, r#"basis = "guessed""#), @r#"
    error: `basis` can't be `"guessed"`
      --> world.toml:79:37
       |
    79 | propensity = { value = 0.5, basis = "guessed", source = "made" }
       |                                     ^^^^^^^^^ states.SA.propensity.basis
       |
       = allowed: `measured`, `fitted`, `assumed` or `override`
    "#);
}

#[test]
fn a_dyad_of_one_state() {
    assert_snapshot!(world_with("[dyads.CA-SA]", "[dyads.CA-CA]"), @r#"
    error: `CA-CA` is not a dyad of two states
      --> world.toml:86:8
       |
    86 | [dyads.CA-CA]
       |        ^^^^^ dyads.CA-CA
       |
       = allowed: pairs of `CA` or `SA`
       = hint: write the ids of two different states with a hyphen, such as `SA-CA`
    "#);
}

#[test]
fn revenue_that_exceeds_one() {
    assert_snapshot!(world_with("revenue = { CA = 0.7, US = 0.2 }", "revenue = { CA = 0.9, US = 0.2 }"), @r#"
    error: the shares sum to 1.1
       --> world.toml:147:1
        |
    147 | revenue = { CA = 0.9, US = 0.2 }
        | ^^^^^^^ markets.TSX.revenue
        |
        = allowed: at most 1
    "#);
}

#[test]
fn a_code_heard_as_a_milder_one() {
    assert_snapshot!(world_with(r#"name = "threaten to reduce relations""#, "name = \"threaten to reduce relations\"\nheard_as = \"111\""), @r#"
    error: act codes are heard as one another: `111` → `1312` → `111`
       --> world.toml:121:12
        |
    121 | heard_as = "1312"
        |            ^^^^^^ acts.111.heard_as

    error: `1312` can be heard as `111`, which is milder
       --> world.toml:125:12
        |
    125 | heard_as = "111"
        |            ^^^^^ acts.1312.heard_as
        |
        = allowed: a code of lower weight
    "#);
}

#[test]
fn an_instrument_that_does_not_exist() {
    assert_snapshot!(world_with(r#"exempt = ["recall"]"#, r#"exempt = ["recal"]"#), @r#"
    error: unknown instrument `recal`
      --> world.toml:96:11
       |
    96 | exempt = ["recal"]
       |           ^^^^^^^ dyads.SA-CA.exempt
       |
       = allowed: `recall`
       = hint: did you mean `recall`?
    "#);
}

#[test]
fn several_mistakes_are_told_at_once_in_order_of_lines() {
    let changes = [
        ("horizon = \"30 days\"", "horizn = \"30 days\""),
        ("publics = [\"CA\"", "publics = [\"CAN\""),
        ("probability = 0.8", "probability = 1.8"),
        ("author = \"reader\"", "author = \"raeder\""),
        ("sources = { made = \"made up\" }\n", ""),
        ("[dyads.SA-CA]\ntension = 0.3", "[dyads.SA-CA]\ntensoin = 0.3"),
    ];
    let scenario = changes.iter().fold(QUARREL.to_owned(), |text, (old, new)| {
        assert!(text.contains(old), "{old}");
        text.replacen(old, new, 1)
    });
    let world = small_world().replacen("country = \"US\"", "country = \"USA\"", 1);
    assert_snapshot!(load(&request(&scenario, &world)).unwrap_err(), @r#"
    error: `sources` is missing in `scenario`
     --> quarrel.toml:3:1
      |
    3 | [scenario]
      | ^^^^^^^^^^ scenario
      |
      = hint: `sources`: where the facts come from: short names that `source` fields may use, with the full references

    error: unknown key `horizn` in `scenario`
     --> quarrel.toml:8:1
      |
    8 | horizn = "30 days"
      | ^^^^^^ scenario.horizn
      |
      = allowed: `id`, `title`, `summary`, `tier`, `start`, `horizon`, `reference`, `markets`, `world_before`, `states`, `sources` or `limits`
      = hint: did you mean `horizon`?

    error: unknown country or public `CAN`
      --> quarrel.toml:12:12
       |
    12 | publics = ["CAN", "SA-citizen"]
       |            ^^^^^ network.publics
       |
       = allowed: `CA`, `SA`, `US`, `CA-attentive`, `CA-citizen`, `SA-attentive`, `SA-citizen`, `SA-students`, `US-attentive` or `US-citizen`
       = hint: did you mean `CA`?

    error: `probability` can't be `1.8`
      --> quarrel.toml:48:59
       |
    48 | after = { message = "first", delay = "2 h", probability = 1.8 }
       |                                                           ^^^ events.messages.second.after.probability
       |
       = allowed: a number from 0 to 1

    error: unknown account `raeder`
      --> quarrel.toml:58:10
       |
    58 | author = "raeder"
       |          ^^^^^^^^ events.messages.third.author
       |
       = allowed: `ministry` or `reader`
       = hint: did you mean `reader`?

    error: unknown key `tensoin` in `dyads.SA-CA`
      --> quarrel.toml:97:1
       |
    97 | tensoin = 0.3
       | ^^^^^^^ dyads.SA-CA.tensoin
       |
       = allowed: `alignment`, `dependence`, `tension`, `hotline`, `exempt` or `source`
       = hint: did you mean `tension`?

    error: unknown country `USA`
      --> world.toml:56:11
       |
    56 | country = "USA"
       |           ^^^^^ outlets.wire.country
       |
       = allowed: `CA`, `SA` or `US`
       = hint: did you mean `SA`?
    "#);
}

#[test]
fn an_empty_file() {
    assert_snapshot!(load(&request("\n", &small_world())).unwrap_err(), @r#"
    error: `quarrel.toml` is empty
     --> quarrel.toml:1:1
      |
    1 |
      | ^
      |
      = hint: `twiplomacy new FILE` writes a scenario to start from
    "#);
}

#[test]
fn syntax_errors_of_scenario_and_world_together() {
    assert_snapshot!(load(&request("format = 1\n[scenario\nid =\n", "format = 1\nx = [1,\n")).unwrap_err(), @r#"
    error: unclosed table, expected `]`
     --> quarrel.toml:2:10
      |
    2 | [scenario
      |          ^

    error: unclosed array, expected `]`
     --> world.toml:2:8
      |
    2 | x = [1,
      |        ^
    "#);
}

#[test]
fn a_country_in_two_parts_of_the_world() {
    let mut twice = quarrel();
    twice
        .world
        .push(crate::scenario::Source::new("more.toml", "format = 1\n[countries.CA]\nname = \"Canada\"\n"));
    assert_snapshot!(load(&twice).unwrap_err(), @r#"
    error: `countries.CA` is defined twice
     --> more.toml:2:12
      |
    2 | [countries.CA]
      |            ^^ countries.CA
      |
      = hint: it is first defined at world.toml:3:12
    "#);
}

#[test]
fn options_that_can_not_be_applied() {
    let options = [
        "network.acounts=5",
        "netwrok.accounts=5",
        "network.accounts",
        "network.accounts=",
        "network=5",
        "a..b=1",
        "network.accounts=many",
        "states.SX.propensity=1",
        "scenario.horizon=30",
    ];
    assert_snapshot!(with_options(&options).unwrap_err(), @r#"
    error: unknown key `acounts` in `network`
     --> --set:1:1
      |
    1 | network.acounts=5
      | ^^^^^^^^^^^^^^^ network.acounts
      |
      = allowed: `accounts`, `scale`, `publics` or `outlets`
      = hint: did you mean `accounts`?

    error: no `netwrok` in scenario or world
     --> --set:1:1
      |
    1 | netwrok.accounts=5
      | ^^^^^^^^^^^^^^^^ netwrok.accounts
      |
      = allowed: `scenario`, `network`, `accounts`, `issues`, `events`, `interventions`, `outcomes`, `recorded`, `teaching`, `countries`, `roles`, `publics` and 9 more
      = hint: did you mean `network`?

    error: `network.accounts` has no `=`
     --> --set:1:1
      |
    1 | network.accounts
      | ^^^^^^^^^^^^^^^^
      |
      = allowed: PATH=VALUE, such as `network.accounts=50000`

    error: `network.accounts=` has no value
     --> --set:1:1
      |
    1 | network.accounts=
      | ^^^^^^^^^^^^^^^^^
      |
      = allowed: PATH=VALUE, such as `network.accounts=50000`

    error: `network` is not the path of a parameter
     --> --set:1:1
      |
    1 | network=5
      | ^^^^^^^ network
      |
      = hint: in an intervention, quote the whole path: `"network.accounts" = 50000`

    error: `a..b` has an empty segment
     --> --set:1:1
      |
    1 | a..b=1
      | ^^^^

    error: `accounts` can't be `"many"`
     --> --set:1:18
      |
    1 | network.accounts=many
      |                  ^^^^ network.accounts
      |
      = allowed: a whole number that is not negative

    error: no `SX` in `states`
     --> --set:1:1
      |
    1 | states.SX.propensity=1
      | ^^^^^^^^^^^^^^^^^^^^ states.SX.propensity
      |
      = allowed: `CA` or `SA`
      = hint: did you mean `SA`?

    error: `horizon` can't be `30`
     --> --set:1:18
      |
    1 | scenario.horizon=30
      |                  ^^ scenario.horizon
      |
      = allowed: a duration that is not negative, such as `15 min`, `36 h` or `90 days`
      = hint: write the unit, such as `30 days`
    "#);
}

#[test]
fn an_arm_that_does_not_exist() {
    assert_snapshot!(load(&Request { arm: Some("quite".into()), ..quarrel() }).unwrap_err(), @r#"
    error: no intervention `quite`
     --> --arm:1:1
      |
    1 | quite
      | ^^^^^
      |
      = allowed: `quiet`
      = hint: did you mean `quiet`?
    "#);
}

#[test]
fn a_language_that_nobody_reads_is_only_a_warning() {
    let scenario =
        load(&request(&QUARREL.replacen("language = [\"ar\"]", "language = [\"fa\"]", 1), &small_world()))
            .unwrap();
    assert_snapshot!(scenario.warnings.render(crate::text::Look::Plain), @r#"
    warning: no country reads the language `fa`
      --> quarrel.toml:64:12
       |
    64 | language = ["fa"]
       |            ^^^^^^ events.messages.third.language
       |
       = allowed: `ar`, `en` or `fr`
       = hint: did you mean `fr`?
    "#);
}

#[test]
fn a_condition_on_the_rung_of_no_response() {
    assert_snapshot!(scenario_with(r#"rung = "talk", delay"#, r#"rung = "none", delay"#), @r#"
    error: `none` is no act
      --> quarrel.toml:60:47
       |
    60 | after = { actor = "SA", target = "CA", rung = "none", delay = "1 d" }
       |                                               ^^^^^^ events.messages.third.after.rung
       |
       = allowed: a rung above the lowest
    "#);
}

#[test]
fn a_reference_without_a_time_of_its_own() {
    assert_snapshot!(scenario_with("horizon = \"30 days\"\n", "horizon = \"30 days\"\nreference = \"second\"\n"), @r#"
    error: `second` has no time of its own
     --> quarrel.toml:9:13
      |
    9 | reference = "second"
      |             ^^^^^^^^ scenario.reference
      |
      = allowed: a message with `time`: sessions and prices are counted from it
    "#);
}

#[test]
fn a_state_that_speaks_but_is_not_simulated() {
    let problems = scenario_with("horizon = \"30 days\"\n", "horizon = \"30 days\"\nstates = [\"SA\"]\n");
    assert!(problems.contains("error: `CA` is not among the states that are simulated"), "{problems}");
    assert!(problems.contains("hint: add `CA` to `scenario.states`"), "{problems}");
    assert!(
        problems.contains("accounts.ministry.state") && problems.contains("issues.rights.positive"),
        "{problems}"
    );
}

/// What is said of the small scenario with a table before its messages.
fn asking(table: &str) -> String {
    scenario_with("[events.messages.first]", &format!("{table}\n\n[events.messages.first]"))
}

#[test]
fn a_private_message_to_nobody() {
    let said = scenario_with("act = \"111\"\ntarget = \"SA\"\n", "act = \"111\"\ndelivery = \"private\"\n");
    assert!(said.contains("error: a private message is for somebody"), "{said}");
    assert!(said.contains("events.messages.first.delivery") && said.contains("`target = \"SA\"`"), "{said}");
}

#[test]
fn moments_of_an_unknown_message_and_at_once() {
    let said = asking("[outcomes.share_after]\nfrist = [\"5 min\"]\nfirst = [\"0 s\"]");
    assert!(said.contains("unknown message `frist`") && said.contains("did you mean `first`?"), "{said}");
    assert!(said.contains("error: no share is made at once") && said.contains("more than `0 s`"), "{said}");
}

#[test]
fn a_ratio_of_nothing_and_of_ratios() {
    let said = asking("[outcomes.ratios.beyond]\nof = []\nto = [\"ratio.beyond\", \"message.frist.shares\"]");
    for part in ["`of` names no outcome", "`ratio.beyond` is itself a ratio", "unknown message `frist`"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn a_message_to_nobody_that_is_watched_in_no_country() {
    let nobody = QUARREL.replacen("act = \"111\"\ntarget = \"SA\"\n", "act = \"111\"\n", 1);
    let nobody = nobody.replacen("delivery\" = \"private\"", "delivery\" = \"unsent\"", 1);
    let watched = nobody.replacen("delay = \"2 h\", probability = 0.8 }", "misread = 0.5 }", 1);
    let said = load(&request(&watched, &small_world())).unwrap_err().to_string();
    assert!(
        said.contains("the message watched addresses no state") && said.contains("`country = \"SA\"`"),
        "{said}"
    );
    let in_a_country = watched.replacen("misread = 0.5 }", "misread = 0.5, country = \"SA\" }", 1);
    load(&request(&in_a_country, &small_world())).unwrap();
}
