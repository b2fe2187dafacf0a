// The clock of a replay: play time runs evenly where things happen and fast where nothing does.

/// Simulated seconds up to which a gap between two events is shown at its length; longer ones are shortened to their logarithm.
const GAP = 300;
/// Play time of a whole run at speed 1, in seconds.
const LENGTH = 75;

export class Clock {
  /// A clock for events at `times` (seconds, in any order) until `horizon`.
  constructor(times, horizon) {
    const moments = [...new Set([0, ...times.filter((time) => time >= 0 && time <= horizon), horizon])].sort((a, b) => a - b);
    this.times = moments;
    this.plays = [0];
    for (let at = 1; at < moments.length; at += 1) {
      this.plays.push(this.plays[at - 1] + Math.log1p((moments[at] - moments[at - 1]) / GAP));
    }
    const scale = LENGTH / Math.max(this.plays.at(-1), 1e-9);
    this.plays = this.plays.map((play) => play * scale);
  }

  get length() { return this.plays.at(-1); }

  /// Play time of a simulated time.
  play(time) { return interpolate(this.times, this.plays, time); }

  /// Simulated time of a play time.
  time(play) { return interpolate(this.plays, this.times, play); }
}

/// The position of the last of ascending `values` that is not greater than `value`; −1 if there is none.
export function last_until(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1; else high = middle;
  }
  return low - 1;
}

function interpolate(from, to, value) {
  const at = Math.min(Math.max(last_until(from, value), 0), from.length - 2);
  if (from.length < 2) return to[0] ?? 0;
  const span = from[at + 1] - from[at];
  const share = span > 0 ? Math.min(Math.max((value - from[at]) / span, 0), 1) : 1;
  return to[at] + share * (to[at + 1] - to[at]);
}
