// The page of the teacher: choose, watch distributions build up, watch runs, lead a round.
import { player } from './player.js';
import { add_words, languages, make, moment, quantity, t, worded, words } from './words.js';
import { ask, follow, send } from './wire.js';

add_words({
  en: {
    scenario: 'Scenario', arm: 'Set beside it', none: 'nothing', runs: 'Runs', apply: 'Simulate', live: 'Distributions', running: 'Go on', stop: 'Pause',
    one: 'One run', again: 'From the beginning', reveal: 'Show what really happened', hide: 'Hide what really happened', as_is: 'as it stands',
    class: 'Class', join_at: 'Join at', code: 'Code', round: 'Round', begin: 'Begin a round on this run', end_turn: 'End this turn', whole: 'Show the whole picture',
    watch: 'Watch', with_class: 'as the class chose', save: 'Save session', load: 'Load session', report: 'Report', turn: 'Turn', voted: 'have voted', recorded: 'recorded',
    lost: 'The connection is lost; trying again …', reset: 'As they stand', nobody: 'Nobody has joined yet.', of: 'of', tie: 'Most votes decide; a tie changes least.', over: 'The round is over: show the whole picture.', working: 'Computing …',
  },
  fr: {
    scenario: 'Scénario', arm: 'À côté', none: 'rien', runs: 'Simulations', apply: 'Simuler', live: 'Distributions', running: 'Continuer', stop: 'Pause',
    one: 'Une simulation', again: 'Du début', reveal: 'Montrer ce qui s’est passé', hide: 'Cacher ce qui s’est passé', as_is: 'tel quel',
    class: 'Classe', join_at: 'Rejoindre à', code: 'Code', round: 'Tour de jeu', begin: 'Commencer un jeu sur cette simulation', end_turn: 'Finir ce tour', whole: 'Montrer l’ensemble',
    watch: 'Regarder', with_class: 'comme la classe l’a choisi', save: 'Enregistrer la séance', load: 'Ouvrir une séance', report: 'Rapport', turn: 'Tour', voted: 'ont voté', recorded: 'observé',
    lost: 'Connexion perdue ; nouvel essai …', reset: 'Valeurs de départ', nobody: 'Personne n’a encore rejoint.', of: 'sur', tie: 'La majorité décide ; une égalité change le moins.', over: 'Le jeu est fini : montrez l’ensemble.', working: 'Calcul en cours …',
  },
});

const view = { last: null, edition: -1, stage: null, theatre: null, which: 'baseline', run: 0, moved: {}, shown_round: '' };
const parts = build(document.getElementById('main'));
languages(parts.languages);
words.listeners.push(() => { if (view.last) { view.form = null; show(view.last); } });
follow('/api/teach/events', show, (good) => { parts.lost.hidden = good; });

function build(root) {
  const parts = {
    languages: make('p', { class: 'languages' }), lost: make('p', { class: 'changed', hidden: '', role: 'alert' }), error: make('pre', { class: 'changed', hidden: '', role: 'alert' }),
    scenario: make('select', { id: 'scenario' }), arm: make('select', { id: 'arm' }), runs: make('input', { id: 'runs', type: 'number', min: '1', max: '20000', value: '500' }),
    sliders: make('div', { class: 'sliders' }), apply: worded('button', 'apply', { type: 'button', class: 'main' }), reset: worded('button', 'reset', { type: 'button' }),
    live: make('div', { class: 'grid live' }), count: make('output', { class: 'count' }), theatre: make('div', { id: 'theatre' }),
    which: make('select', { id: 'which' }), run: make('input', { id: 'watched', type: 'number', min: '0', value: '0' }),
    students: make('div', { class: 'students' }), round: make('div', { class: 'round' }), link: make('p'), code: make('p', { class: 'code' }),
    title: make('h1', {}, 'twiplomacy'),
  };
  parts.lost.textContent = t('lost');
  const button = (key, does, more = {}) => { const made = worded('button', key, { type: 'button', id: `do-${key}`, ...more }); made.addEventListener('click', () => attempt(does)); return made; };
  parts.pause = button('stop', () => send('/api/teach/pace', view.last?.paused ? 'run' : 'pause'));
  parts.reveal = button('reveal', () => send('/api/teach/reveal'));
  const file = make('input', { type: 'file', accept: 'application/json', hidden: '', id: 'file' });
  file.addEventListener('change', () => attempt(async () => send('/api/teach/session.json', JSON.parse(await file.files[0].text()))));
  parts.apply.addEventListener('click', apply);
  parts.reset.addEventListener('click', () => { view.moved = {}; view.form = null; if (view.last) form(view.last); });
  parts.scenario.addEventListener('change', () => { view.moved = {}; parts.arm.value = ''; apply(); });
  parts.which.addEventListener('change', () => { view.which = parts.which.value; watch(); });
  parts.run.addEventListener('change', () => { view.run = Math.max(0, Math.floor(Number(parts.run.value) || 0)); watch(); });
  root.append(
    make('header', {}, parts.languages, parts.title), parts.lost, parts.error,
    make('section', { class: 'panel' },
      make('div', { class: 'picker' }, worded('label', 'scenario', { for: 'scenario' }), parts.scenario, worded('label', 'arm', { for: 'arm' }), parts.arm, worded('label', 'runs', { for: 'runs' }), parts.runs, parts.apply, parts.reset),
      parts.sliders),
    make('section', {}, worded('h2', 'watch'),
      make('div', { class: 'picker' }, worded('label', 'run', { for: 'watched' }), parts.run, parts.which), parts.theatre),
    make('section', {}, worded('h2', 'live'),
      make('div', { class: 'picker' }, parts.pause, button('one', () => send('/api/teach/pace', 'step')), button('again', () => send('/api/teach/pace', 'rewind')), parts.reveal, parts.count), parts.live),
    make('section', {}, worded('h2', 'class'),
      make('div', { class: 'class' }, make('div', {}, make('img', { src: '/api/teach/qr.svg', alt: 'QR', width: '200', height: '200' }), parts.link, parts.code), make('div', {}, parts.students, parts.round)),
      make('div', { class: 'picker' }, make('a', { href: '/api/teach/session.json', download: 'session.json', 'data-t': 'save' }, t('save')),
        button('load', async () => file.click()), file, make('a', { href: '/api/teach/report.html', download: 'report.html', 'data-t': 'report' }, t('report')))));
  return parts;
}

async function attempt(does) {
  parts.error.hidden = true;
  try { await does(); } catch (error) { parts.error.textContent = error.message; parts.error.hidden = false; }
}

function apply() {
  const sliders = Object.fromEntries(Object.entries(view.moved).filter(([, value]) => Number.isFinite(value)));
  attempt(() => send('/api/teach/choose', { scenario: parts.scenario.value, arm: parts.arm.value || null, sliders, runs: Number(parts.runs.value) || 500 }));
}

function show(now) {
  view.last = now;
  parts.error.hidden = !now.error;
  if (now.error) parts.error.textContent = now.error;
  form(now);
  parts.pause.textContent = t(now.paused ? 'running' : 'stop');
  parts.reveal.textContent = t(now.revealed ? 'hide' : 'reveal');
  parts.reveal.setAttribute('aria-pressed', String(now.revealed));
  parts.link.textContent = `${t('join_at')} ${now.address}`;
  parts.code.textContent = `${t('code')} ${now.code}`;
  if (now.live) live(now);
  people(now);
  if (now.ready && view.edition !== now.edition) {
    view.edition = now.edition;
    options(now);
    begin();
  }
}

/// The form follows the server only where the choice has changed, so that nothing moves under the teacher's hand.
function form(now) {
  const key = JSON.stringify([now.choose, now.scenarios, now.arms, now.sliders !== null]);
  if (view.form === key) return;
  view.form = key;
  parts.scenario.replaceChildren(...now.scenarios.map((id) => make('option', { value: id }, id)));
  parts.scenario.value = now.choose.scenario;
  parts.arm.replaceChildren(make('option', { value: '' }, t('none')), ...(now.arms ?? []).map(([id, title]) => make('option', { value: id }, title || id)));
  parts.arm.value = now.choose.arm ?? '';
  parts.runs.value = now.choose.runs;
  parts.sliders.replaceChildren(...(now.sliders ?? []).map((slider) => {
    const position = view.moved[slider.path] ?? slider.value;
    const scale = slider.times ? Math.log2 : (value) => value;
    const back = slider.times ? (value) => 2 ** value : (value) => value;
    const said = make('output', {}, told(slider, position));
    const input = make('input', { type: 'range', min: scale(slider.low), max: scale(slider.high), step: 'any', 'aria-label': slider[words.language] });
    input.value = scale(position);
    input.addEventListener('input', () => {
      const value = Math.min(Math.max(Number(back(Number(input.value)).toPrecision(3)), slider.low), slider.high);
      view.moved[slider.path] = value;
      said.textContent = told(slider, value);
    });
    return make('label', {}, make('span', {}, slider[words.language]), input, said);
  }));
}

function told(slider, value) {
  return slider.times ? `× ${value.toPrecision(2)}` : `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(1)}`;
}

function options(now) {
  const named = now.other === 'class' ? t('with_class') : now.other;
  parts.which.replaceChildren(make('option', { value: 'baseline' }, t('as_is')), ...(now.other ? [make('option', { value: 'other' }, named)] : []));
  view.which = now.other === 'class' ? 'other' : 'baseline';
  parts.which.value = view.which;
  if (now.round) view.run = now.round.run;
  parts.run.value = view.run;
}

async function begin() {
  await attempt(async () => {
    view.stage = await ask('/api/teach/stage');
    parts.title.textContent = view.stage.title;
    parts.theatre.replaceChildren();
    view.theatre = player(parts.theatre, view.stage);
    await watch();
  });
}

async function watch() {
  await attempt(async () => {
    const film = await ask(`/api/teach/film?which=${view.which}&run=${view.run}`);
    view.theatre.show(film);
    document.body.dataset.watching = `${view.edition}:${view.which}:${view.run}`;
  });
}

/// A small histogram for each outcome and arm; built once for a choice, then only moved.
function live(now) {
  parts.count.textContent = `${now.live.runs} ${t('of')} ${now.choose.runs}`;
  parts.live.dataset.runs = now.live.runs;
  const key = `${now.edition} ${now.other} ${now.live.outcomes.length} ${words.language}`;
  if (parts.live.dataset.key !== key) {
    parts.live.dataset.key = key;
    view.cells = now.live.outcomes.map((outcome) => cell(outcome, now));
    parts.live.replaceChildren(...view.cells.map((made) => made.element));
  }
  now.live.outcomes.forEach((outcome, index) => view.cells[index].set(outcome, now.recorded?.[outcome.id]));
}

function cell(outcome, now) {
  const names = [t('as_is'), now.other === 'class' ? t('with_class') : now.other];
  const arms = outcome.arms.slice(0, now.other ? 2 : 1).map((arm, index) => {
    const bars = arm.bars.map(() => make('span', { class: 'bar' }));
    const mark = make('span', { class: 'mark', hidden: '' });
    const text = make('output', {});
    const picture = make('div', { class: `histogram arm-${index} ${outcome.yes_no ? 'share' : ''}`, 'aria-hidden': 'true' }, ...bars, mark);
    return { bars, mark, text, element: make('div', {}, make('div', { class: 'arm-name' }, `${names[index]}: `, text), picture) };
  });
  const note = make('p', { class: 'note' });
  const element = make('div', { class: 'cell', title: outcome.description }, make('h3', {}, outcome.id), ...arms.map((arm) => arm.element), note);
  const set = (outcome, recorded) => {
    arms.forEach((arm, index) => {
      const { bars, text, n } = outcome.arms[index];
      arm.text.textContent = `${outcome.yes_no ? '' : `${t('median')} `}${text} (${n})`;
      const most = outcome.yes_no ? 1 : Math.max(...bars, 1e-9);
      bars.forEach((share, at) => { arm.bars[at].style[outcome.yes_no ? 'width' : 'height'] = `${100 * share / most}%`; arm.bars[at].title = outcome.names[at] ?? ''; });
      const known = recorded !== undefined && recorded !== null;
      arm.mark.hidden = !known || outcome.yes_no;
      if (known) {
        const width = outcome.names.length ? (recorded + 0.5) / outcome.names.length : (recorded - outcome.low) / (outcome.high - outcome.low);
        arm.mark.style.left = `${100 * Math.min(Math.max(width, 0), 1)}%`;
      }
    });
    const ends = outcome.yes_no ? '' : outcome.names.length ? `${outcome.names[0]} … ${outcome.names.at(-1)}` : `${quantity(outcome.low, outcome.unit)} … ${quantity(outcome.high, outcome.unit)}`;
    const said = recorded === undefined || recorded === null ? '' : `${t('recorded')}: ${outcome.yes_no ? (recorded ? '✓' : '✗') : outcome.names[recorded] ?? quantity(recorded, outcome.unit)}${beyond(outcome, recorded)}`;
    note.textContent = [ends, said].filter(Boolean).join(' · ');
  };
  return { element, set };
}

/// Which end of the bars a recorded value lies beyond, if any.
function beyond(outcome, recorded) {
  if (outcome.yes_no || outcome.names.length) return '';
  return recorded < outcome.low ? ' ◂' : recorded > outcome.high ? ' ▸' : '';
}

function people(now) {
  const students = now.students ?? [];
  const seats = now.seats ?? [];
  const of = (id) => students.filter((student) => student.seat === id);
  parts.students.replaceChildren(...(students.length ? seats.map((seat) => make('p', {}, make('strong', {}, `${seat[words.language]}: `),
    of(seat.id).map((student) => `${student.name || '…'}${student.voted ? ' ✓' : ''}`).join(', ') || '–')) : [worded('p', 'nobody')]));
  document.body.dataset.students = students.length;
  round(now, seats);
}

function round(now, seats) {
  const name = (id) => seats.find((seat) => seat.id === id)?.[words.language] ?? id;
  const made = [make('h3', {}, t('round'))];
  const button = (key, body) => { const it = worded('button', key, { type: 'button', id: `do-${key}`, class: 'main' }); it.disabled = now.busy; it.addEventListener('click', () => attempt(() => send('/api/teach/round', body))); return it; };
  const current = now.round;
  const key = JSON.stringify([current, now.busy, words.language, seats.length, (now.students ?? []).length > 0]);
  if (key === view.shown_round) return;
  view.shown_round = key;
  if (now.busy) made.push(worded('p', 'working'));
  if (current) {
    for (const one of current.chosen) made.push(make('p', { class: 'chosen' }, `${t('turn')} ${one.turn + 1} · ${name(one.seat)}: ${one.choice[words.language]} (${Math.max(...one.votes, 0)})`));
    if (current.open) {
      made.push(make('p', {}, make('strong', {}, `${t('turn')} ${current.open.turn + 1} · ${moment(current.open.time)}`)));
      for (const seat of current.open.seats) made.push(make('p', {}, `${name(seat.seat)}: ${seat.voted} ${t('of')} ${seat.students} ${t('voted')}`));
      made.push(button('end_turn', 'end_turn'), worded('p', 'tie', { class: 'note' }));
    } else if (!current.revealed) {
      made.push(worded('p', 'over'));
    }
    if (!current.revealed) made.push(button('whole', 'reveal'));
  }
  if ((!current || current.revealed) && (now.students ?? []).length) {
    const begin = worded('button', 'begin', { type: 'button', id: 'do-begin', class: 'main' });
    begin.addEventListener('click', () => attempt(() => send('/api/teach/round', { begin: { run: view.run } })));
    made.push(begin);
  }
  document.body.dataset.round = current ? (current.revealed ? 'whole' : current.open ? `turn-${current.open.turn}` : 'over') : 'none';
  parts.round.replaceChildren(...made);
}
