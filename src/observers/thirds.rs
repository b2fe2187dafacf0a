//! What third states did: whom they stood with, and whether they offered to mediate.

use super::layout::Columns;
use crate::model::event::{Act, Cause};
use crate::model::ids::StateId;
use crate::model::outcome::{OutcomeKind, Unit};
use crate::model::setting::Setting;
use crate::model::world::World;

/// The two sides of the first issue, if both are states: third states are those that are neither.
fn sides(setting: &Setting) -> Option<[StateId; 2]> {
    setting.issues.first()?.sides()
}

fn thirds(setting: &Setting, sides: [StateId; 2]) -> impl Iterator<Item = StateId> {
    (0..setting.states.len()).map(StateId::new).filter(move |state| !sides.contains(state))
}

/// CAMEO root of acts that support: diplomatic cooperation.
const SUPPORT: &str = "05";
/// CAMEO: mediate.
const MEDIATE: &str = "045";

pub(super) fn describe(setting: &Setting, columns: &mut Columns) {
    let Some(sides) = sides(setting) else { return };
    for third in thirds(setting, sides) {
        let state = &setting.states[third.idx()].id;
        let mut add = |name: String, text: String| {
            columns.outcome(format!("state.{state}.{name}"), Unit::YesNo, OutcomeKind::YesNo, text);
        };
        for side in sides.map(|side| &setting.states[side.idx()].id) {
            add(format!("stands_with_{side}"), format!("{state} speaks up for {side}"));
        }
        add("mediates".to_owned(), format!("{state} offers to mediate"));
    }
}

pub(super) fn scalars(world: &World<'_>, scalars: &mut Vec<f64>) {
    let Some(sides) = sides(world.setting) else { return };
    for third in thirds(world.setting, sides) {
        let did = |code: &str, towards: &dyn Fn(&Act) -> bool| {
            let fits = |act: &Act| {
                act.actor == third
                    && matches!(act.cause, Cause::Act(_))
                    && world.setting.codes[act.code.idx()].code.starts_with(code)
                    && towards(act)
            };
            f64::from(u8::from(world.acts.iter().any(fits)))
        };
        scalars.extend(sides.map(|side| did(SUPPORT, &|act| act.target == side)));
        scalars.push(did(MEDIATE, &|_| true));
    }
}
