// The page of a report: a picker of runs, the replay, and charts of all runs.
import { fan } from './charts.js';
import { player } from './player.js';
import { languages, make, number, t, worded, words } from './words.js';

const stage = JSON.parse(document.getElementById('data').textContent);
const GROUPS = ['shares', 'reach', 'arrivals', 'recognised', 'tension', 'price', 'volatility'];
/// Charts of a group that are shown at once; the others wait behind a button.
const FIRST = 6;

replay(document.getElementById('replay'));
charts(document.getElementById('charts'));
languages(document.getElementById('languages'));

function replay(root) {
  root.append(worded('h2', 'replay'));
  if (!stage.films.length) return;
  const choice = make('select', { id: 'run' });
  const order = stage.highlighted.find((id) => id.endsWith('peak_rung')) ?? stage.highlighted[0];
  const note = make('p', { class: 'note' });
  const outcomes = make('dl', { class: 'ends' });
  root.append(make('div', { class: 'picker' }, worded('label', 'run', { for: 'run' }), choice), note);
  const theatre = make('div', { id: 'theatre' });
  root.append(theatre, worded('h3', 'run_ends'), outcomes);
  const shown = player(theatre, stage, { bands: stage.bands });
  const label = (film) => `${film.run} · ${stage.highlighted.slice(0, 3).map((id) => `${short(id)} ${film.outcomes[id] ?? '–'}`).join(' · ')}`;
  stage.films.forEach((film, index) => choice.append(make('option', { value: index }, label(film))));
  const show = () => {
    const film = stage.films[Number(choice.value)];
    shown.show(film);
    outcomes.replaceChildren(...stage.highlighted.flatMap((id) => [make('dt', {}, id), make('dd', {}, film.outcomes[id] ?? '–')]));
  };
  choice.addEventListener('change', show);
  words.listeners.push(() => { note.textContent = `${t('picked')} ${order ?? ''}.`; });
  // In the middle of the sample is the most ordinary run.
  choice.value = String(Math.floor(stage.films.length / 2));
  show();
}

function short(id) {
  return id.split('.').slice(1).join(' ').replaceAll('_', ' ');
}

function charts(root) {
  root.append(worded('h2', 'charts'));
  root.append(key());
  const last = (index) => stage.bands[index]?.q95.findLast((value) => value !== null) ?? 0;
  const drawn = [];
  for (const group of GROUPS) {
    const members = stage.series.map((spec, index) => ({ spec, index })).filter(({ spec, index }) => spec.group === group && stage.bands[index]);
    if (group !== 'price') members.sort((one, other) => Math.abs(last(other.index)) - Math.abs(last(one.index)));
    if (!members.length) continue;
    root.append(worded('h3', group, { class: 'group' }));
    const grid = make('div', { class: 'grid' });
    root.append(grid);
    const add = (into, { index }) => {
      const cell = make('div', { class: 'cell' });
      into.append(cell);
      drawn.push(fan(cell, stage, index, { bands: stage.bands[index], line: null }));
    };
    members.slice(0, FIRST).forEach((member) => add(grid, member));
    if (members.length > FIRST) {
      const more = make('details', {}, worded('summary', 'more'));
      const rest = make('div', { class: 'grid' });
      more.append(rest);
      more.addEventListener('toggle', () => { if (more.open && !rest.children.length) members.slice(FIRST).forEach((member) => add(rest, member)); });
      root.append(more);
    }
  }
  let width = root.clientWidth;
  new ResizeObserver(() => {
    if (root.clientWidth === width) return;
    width = root.clientWidth;
    drawn.forEach((chart) => chart.fit());
  }).observe(root);
  words.listeners.push(() => drawn.forEach((chart) => chart.plot.redraw(true, true)));
}

/// What the colours of the charts mean.
function key() {
  const list = make('ul', { class: 'legend' });
  for (const [word, shape] of [['median', 'line median'], ['half', 'box half'], ['most', 'box most'], ['this_run', 'line run'], ['session', 'box session']]) {
    list.append(make('li', {}, make('span', { class: `swatch ${shape}` }), worded('span', word)));
  }
  const runs = make('li');
  words.listeners.push(() => { runs.textContent = `${number(stage.runs)} ${t('n_runs')}`; });
  list.append(runs);
  return list;
}
