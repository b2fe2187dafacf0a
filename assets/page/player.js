// The replay of a run: map, ladders, markets and words on one clock.
import { fan } from './charts.js';
import { Clock, last_until } from './clock.js';
import { Ladders } from './ladders.js';
import { dots, legend, Territory } from './territory.js';
import { make, moment, t, worded, words } from './words.js';

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8];
/// Charts beside the map, at the most.
const CHARTS = 6;
/// Entries in the list of what has just happened.
const RECENT = 7;

/// Builds a replay of `stage` into `root`; `show(film)` puts a run on it.
export function player(root, stage, { bands = null } = {}) {
  const still = window.matchMedia('(prefers-reduced-motion: reduce)');
  const territory = new Territory(stage);
  const parts = build_player(root, territory);
  const self = { film: null, clock: null, dots: [], ladders: null, charts: [], play: 0, playing: false, entry: -1, element: root };

  const time = () => Math.round(self.clock.time(self.play));

  function draw() {
    const now = time();
    territory.draw(self.dots, self.play, self.ladders.governments(now), still.matches || !self.playing && self.settled);
    self.ladders.show(now);
    self.charts.forEach((chart) => chart.at(now));
    parts.slider.value = String(self.play);
    parts.slider.setAttribute('aria-valuetext', moment(stage.start + now));
    parts.time.textContent = moment(stage.start + now);
    const entry = last_until(self.moments, now);
    if (entry !== self.entry) {
      self.entry = entry;
      recent(entry);
    }
    root.dataset.play = self.play.toFixed(3);
    root.dataset.entry = String(entry);
    root.dataset.state = self.playing ? 'playing' : 'paused';
  }

  function recent(entry) {
    const shown = self.entries.slice(Math.max(entry - RECENT + 1, 0), entry + 1).reverse();
    parts.log.replaceChildren(...shown.map((known) => item(known)));
    if (entry < 0) parts.log.replaceChildren(make('li', {}, t('before')));
    parts.text.querySelectorAll('[aria-current]').forEach((old) => old.removeAttribute('aria-current'));
    parts.text.children[entry]?.setAttribute('aria-current', 'true');
  }

  function item(entry) {
    const when = make('time', {}, moment(stage.start + entry.t));
    const kind = make('span', { class: `kind ${entry.kind}` }, t(entry.kind === 'price' || entry.kind === 'end' ? `${entry.kind}_kind` : entry.kind));
    const actor = entry.actor ? make('strong', {}, `${entry.actor}: `) : null;
    return make('li', {}, when, kind, make('span', {}, actor, entry.text));
  }

  function set(playing) {
    self.playing = playing;
    self.settled = !playing;
    parts.toggle.textContent = playing ? '❚❚' : '▶';
    parts.toggle.dataset.label = playing ? 'pause' : 'play';
    parts.toggle.setAttribute('aria-label', t(parts.toggle.dataset.label));
    if (playing) {
      if (self.play >= self.clock.length) self.play = 0;
      self.last = null;
      requestAnimationFrame(frame);
    }
    draw();
  }

  function frame(stamp) {
    if (!self.playing) return;
    // A page in the background is told late; it goes on where it was.
    const passed = self.last === null ? 0 : Math.min((stamp - self.last) / 1000, 0.25);
    self.last = stamp;
    self.play = Math.min(self.play + passed * Number(parts.speed.value), self.clock.length);
    if (self.play >= self.clock.length) set(false); else { draw(); requestAnimationFrame(frame); }
  }

  function seek(play) {
    self.play = Math.min(Math.max(play, 0), self.clock.length);
    self.settled = false;
    draw();
  }

  /// Goes to the next or the last entry that happens at another moment, and reads it out.
  function step(direction) {
    if (self.playing) set(false);
    const now = time();
    let at = last_until(self.moments, now);
    if (direction > 0) at += 1;
    else while (at >= 0 && self.moments[at] >= now) at -= 1;
    if (direction > 0 && at >= self.moments.length) return seek(self.clock.length);
    if (at < 0) return seek(0);
    // Behind the moment by less than a second, so that it has happened.
    seek(self.clock.play(self.moments[at]) + 1e-6);
    parts.said.textContent = `${moment(stage.start + self.entries[at].t)}. ${self.entries[at].actor} ${self.entries[at].text}`;
    return undefined;
  }

  parts.toggle.addEventListener('click', () => set(!self.playing));
  parts.rewind.addEventListener('click', () => { if (self.playing) set(false); seek(0); });
  parts.end.addEventListener('click', () => { if (self.playing) set(false); seek(self.clock.length); });
  parts.back.addEventListener('click', () => step(-1));
  parts.step.addEventListener('click', () => step(1));
  parts.slider.addEventListener('input', () => seek(Number(parts.slider.value)));
  parts.stage.addEventListener('keydown', (event) => {
    if (['SELECT', 'SUMMARY'].includes(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) return;
    const does = { ' ': () => set(!self.playing), ArrowRight: () => step(1), ArrowLeft: () => step(-1), Home: () => parts.rewind.click(), End: () => parts.end.click() }[event.key];
    if (!does || event.key === ' ' && event.target.tagName === 'BUTTON') return;
    event.preventDefault();
    does();
  });
  new ResizeObserver(() => { if (self.film) { self.charts.forEach((chart) => chart.fit()); draw(); } }).observe(territory.canvas);
  words.listeners.push(() => { if (self.film && parts.stage.isConnected) self.show(self.film, self.play); });

  /// Puts a run on the stage.
  self.show = (film, play = 0) => {
    self.playing = false;
    self.film = film;
    const times = film.messages.flatMap((message) => { let at = 0; return message.t.map((gap) => (at += gap)); });
    self.entries = film.entries;
    self.moments = film.entries.map((entry) => entry.t);
    self.clock = new Clock([...times, ...self.moments], stage.horizon);
    self.dots = dots(stage, film, self.clock);
    self.ladders = new Ladders(stage, film);
    parts.ladders.replaceChildren(self.ladders.element);
    parts.legend.replaceChildren(legend(film));
    parts.text.replaceChildren(...film.entries.map((entry) => item(entry)));
    [...parts.text.children].forEach((row, at) => row.addEventListener('click', () => seek(self.clock.play(self.moments[at]) + 1e-6)));
    parts.slider.max = String(self.clock.length);
    const whole = film.messages.filter((message) => message.drawn < message.of);
    parts.note.textContent = whole.length ? t('drawn') + whole.map((message) => `${message.id} ${message.drawn}/${message.of}`).join(', ') : '';
    territory.canvas.setAttribute('aria-label', `${t('map')}. ${t('map_alt')}`);
    charts(film);
    self.entry = -2;
    set(false);
    seek(play);
  };

  /// The charts of what moves most in this run.
  function charts(film) {
    parts.charts.replaceChildren();
    const range = (values) => { const known = values.filter((value) => value !== null); return known.length ? Math.max(...known) - Math.min(...known) : 0; };
    // A run in which more is said has more series than the stage knows; those in common are shown.
    const line = (index) => film.series[stage.series[index].id] ?? null;
    const of = (group) => stage.series.map((_, index) => index).filter((index) => stage.series[index].group === group && line(index))
      .sort((one, other) => range(line(other)) - range(line(one)));
    const shown = [...of('price').slice(0, 3), ...of('tension').filter((index) => range(line(index)) > 0).slice(0, 2), ...of('volatility').slice(0, 1)];
    self.charts = shown.slice(0, CHARTS).map((index) => {
      const cell = make('div', { class: 'cell' });
      parts.charts.append(cell);
      return fan(cell, stage, index, { bands: bands?.[index] ?? null, line: line(index), bins: film.bins, height: 150 });
    });
  }

  return self;
}

function build_player(root, territory) {
  const button = (text, label, more = {}) => make('button', { type: 'button', class: 'control', 'data-label': label, 'aria-label': t(label), title: t(label), ...more }, text);
  const parts = {
    rewind: button('|◀', 'rewind'), back: button('◀ 1', 'back'), toggle: button('▶', 'play', { class: 'control main' }),
    step: button('1 ▶', 'step'), end: button('▶|', 'end'),
    slider: make('input', { type: 'range', min: '0', max: '1', step: 'any', value: '0', 'data-label': 'position', 'aria-label': t('position') }),
    speed: make('select', { 'data-label': 'speed', 'aria-label': t('speed') }, ...SPEEDS.map((speed) => make('option', { value: speed }, `${speed}×`))),
    time: make('output', { class: 'time' }),
    ladders: make('div'), legend: make('div'), log: make('ol', { class: 'log' }), text: make('ol', { class: 'log text' }),
    charts: make('div', { class: 'grid' }), note: make('p', { class: 'note' }),
    said: make('p', { class: 'unseen', 'aria-live': 'polite' }),
  };
  parts.speed.value = '1';
  const controls = make('div', { class: 'controls', role: 'group' }, parts.rewind, parts.back, parts.toggle, parts.step, parts.end, parts.slider, parts.speed, parts.time);
  const beside = make('div', { class: 'beside' }, worded('h3', 'ladders'), parts.ladders, worded('h3', 'log'), parts.log);
  parts.stage = make('div', { class: 'stage', tabindex: '-1' },
    controls,
    make('div', { class: 'scene' }, make('div', { class: 'map' }, territory.canvas, parts.legend, worded('p', 'areas', { class: 'note' }), parts.note), beside),
    worded('h3', 'markets'), parts.charts, worded('p', 'keys', { class: 'note' }), parts.said,
    make('details', { class: 'as-text' }, worded('summary', 'timeline'), parts.text));
  root.append(parts.stage);
  return parts;
}
