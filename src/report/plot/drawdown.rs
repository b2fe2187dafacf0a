//! How far each market falls below its highest price.

use super::figure::Figure;
use super::{PlotInput, distribution};
use crate::report::human;

/// One row a market; `None` if no drawdown was observed.
pub(super) fn figure(input: &PlotInput<'_>) -> Option<Figure> {
    let rows = input.outcomes_named("market", "drawdown");
    // The sign of a drawdown is the model's convention; the deepest is the farthest from zero.
    let deepest =
        rows.iter().max_by(|one, other| one.quantiles.q50.abs().total_cmp(&other.quantiles.q50.abs()))?;
    let title = format!(
        "The deepest median drawdown is {} ({})",
        human::value(deepest.spec.unit, deepest.quantiles.q50),
        input.label(&deepest.spec.id),
    );
    Some(distribution::figure(input, &rows, &title, "largest fall from a peak after the message"))
}
