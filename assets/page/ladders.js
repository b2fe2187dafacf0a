// The ladders of governments: where each stands towards each other one, and how it came there.
import { make, t } from './words.js';

/// Colours of the rungs, from pale to dark: the ramp of the plots.
const RAMP = [[250, 224, 150], [248, 180, 92], [214, 99, 60], [140, 42, 74], [58, 15, 62]];

export function rung_ink(rung, n_rungs) {
  const place = Math.min(Math.max(rung / Math.max(n_rungs - 1, 1), 0), 1) * (RAMP.length - 1);
  const below = Math.min(Math.floor(place), RAMP.length - 2);
  const mixed = RAMP[below].map((low, part) => Math.round(low + (RAMP[below + 1][part] - low) * (place - below)));
  return { ink: `rgb(${mixed.join(',')})`, dark: place > 1.6 };
}

/// Most ladders that are shown; those that climb highest come first.
const SHOWN = 6;

/// The ladders of one film.
export class Ladders {
  constructor(stage, film) {
    this.stage = stage;
    this.film = film;
    const highest = new Map();
    for (const act of film.acts) {
      const dyad = `${act.actor}-${act.target}`;
      const known = highest.get(dyad) ?? { actor: act.actor, target: act.target, rung: -1, acts: [] };
      known.rung = Math.max(known.rung, act.rung);
      known.acts.push(act);
      highest.set(dyad, known);
    }
    this.dyads = [...highest.values()].sort((one, other) => other.rung - one.rung || other.acts.length - one.acts.length).slice(0, SHOWN);
    this.element = make('div', { class: 'ladders' });
    this.rows = this.dyads.map((dyad) => this.row(dyad));
    if (!this.dyads.length) this.element.append(make('p', {}, t('no_acts')));
  }

  row(dyad) {
    const steps = this.stage.rungs.map((_, rung) => {
      const { ink } = rung_ink(rung, this.stage.rungs.length);
      const step = make('span', { class: 'step' });
      step.style.setProperty('--ink', ink);
      return step;
    });
    const name = make('span', { class: 'ladder-name' }, `${dyad.actor} → ${dyad.target}`);
    const what = make('span', { class: 'ladder-what' });
    const bars = make('span', { class: 'steps', 'aria-hidden': 'true' }, ...steps);
    this.element.append(make('div', { class: 'ladder' }, name, bars, what));
    return { dyad, steps, what };
  }

  /// Shows how things stand at `time`.
  show(time) {
    for (const { dyad, steps, what } of this.rows) {
      const done = dyad.acts.filter((act) => act.t <= time);
      const rung = done.reduce((highest, act) => Math.max(highest, act.rung), -1);
      steps.forEach((step, at) => step.classList.toggle('reached', at > 0 && at <= rung));
      const last = done.at(-1);
      const text = last ? `${this.stage.rungs[Math.max(rung, 0)][1]} · ${last.text}` : '–';
      if (what.textContent !== text) what.textContent = text;
    }
  }

  /// What the map says of each government at `time`: its highest rung towards anybody, or that it has heard something.
  governments(time) {
    const heard = new Set(this.film.entries.filter((entry) => entry.kind === 'heard' && entry.t <= time).map((entry) => entry.actor));
    const found = [];
    for (const state of this.stage.states) {
      const acts = this.film.acts.filter((act) => act.actor === state.id && act.t <= time);
      const top = acts.reduce((best, act) => (act.rung > (best?.rung ?? 0) ? act : best), null);
      if (top) {
        const { ink, dark } = rung_ink(top.rung, this.stage.rungs.length);
        found.push({ country: state.country, text: `${state.id} ▲${top.rung} → ${top.target}`, ink, dark });
      } else if (heard.has(state.id)) {
        found.push({ country: state.country, text: `${state.id} ${t('hears')}`, ink: '#ffffff', dark: false });
      }
    }
    return found;
  }
}
