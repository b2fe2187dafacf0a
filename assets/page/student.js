// The page of a student: join, hear what the own government hears, vote, and in the end see everything.
import { player } from './player.js';
import { add_words, languages, make, moment, t, worded, words } from './words.js';
import { ask, follow, send } from './wire.js';

add_words({
  en: {
    join: 'Join', name: 'Your name (optional)', code: 'Code', seat: 'You speak for', wait: 'Wait for the teacher to begin.', heard: 'What your government has heard',
    nothing: 'Nothing so far.', your_turn: 'What do you do?', not_yours: 'Others decide now.', vote: 'You vote for', sent: 'Your vote counts; you can change it until the turn ends.',
    own: 'own message', takes: 'taken for', by: 'by', whole: 'The whole picture', with_class: 'As the class chose', without: 'Without the class', over: 'The round is over. Wait for the whole picture.',
    chosen: 'What was chosen', draft: 'Your draft', lost: 'The connection is lost; trying again …', to: 'to', working: 'The choices take effect …',
    monitoring: 'own monitoring', press: 'the press', outcry: 'a public outcry', direct: 'direct delivery',
  },
  fr: {
    join: 'Rejoindre', name: 'Ton nom (facultatif)', code: 'Code', seat: 'Tu parles pour', wait: 'Attends que le jeu commence.', heard: 'Ce que ton gouvernement a entendu',
    nothing: 'Rien jusqu’ici.', your_turn: 'Que fais-tu ?', not_yours: 'D’autres décident maintenant.', vote: 'Tu votes pour', sent: 'Ton vote compte ; tu peux le changer jusqu’à la fin du tour.',
    own: 'propre message', takes: 'compris comme', by: 'par', whole: 'L’ensemble', with_class: 'Comme la classe l’a choisi', without: 'Sans la classe', over: 'Le jeu est fini. Attends l’ensemble.',
    chosen: 'Ce qui a été choisi', draft: 'Ton projet', lost: 'Connexion perdue ; nouvel essai …', to: 'à', working: 'Les choix prennent effet …',
    monitoring: 'sa propre veille', press: 'la presse', outcry: 'l’indignation du public', direct: 'remise directe',
  },
});

const root = document.getElementById('main');
const heading = make('h1', {}, 'twiplomacy');
const tongue = make('p', { class: 'languages' });
const lost = make('p', { class: 'changed', hidden: '', role: 'alert' }, t('lost'));
const stage = make('div', { id: 'student' });
root.append(tongue, heading, lost, stage);
let last = null;
let whole = '';
languages(tongue);
words.listeners.push(() => { whole = ''; if (last) show(last); else door(); });
start();

async function start() {
  // Who has joined already goes on where they were.
  try {
    const response = await fetch('/api/play/events', { headers: { accept: 'text/event-stream' } });
    await response.body?.cancel();
    if (response.ok) return listen();
  } catch { /* not joined */ }
  return door();
}

function door(reason = '') {
  const code = make('input', { id: 'code', autocomplete: 'off', autocapitalize: 'characters', maxlength: '6', value: new URLSearchParams(location.search).get('code') ?? '' });
  const name = make('input', { id: 'name', maxlength: '24', autocomplete: 'off' });
  const form = make('form', { class: 'door' }, make('label', {}, worded('span', 'code'), code), make('label', {}, worded('span', 'name'), name),
    worded('button', 'join', { class: 'main', id: 'join' }), make('p', { role: 'alert' }, reason));
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    try {
      await send('/api/join', { code: code.value, name: name.value });
      history.replaceState(null, '', '/');
      listen();
    } catch (error) { form.lastChild.textContent = error.message; }
  });
  stage.replaceChildren(form);
}

function listen() {
  follow('/api/play/events', show, (good) => { lost.hidden = good; lost.textContent = t('lost'); });
}

function show(now) {
  last = now;
  heading.textContent = now.title ?? 'twiplomacy';
  document.body.dataset.phase = now.phase;
  document.body.dataset.turn = now.turn ?? '';
  document.body.dataset.vote = now.vote ?? '';
  if (now.phase === 'whole') return picture(now);
  whole = '';
  const made = [seats(now)];
  if (now.busy) made.push(worded('p', 'working', { class: 'note' }));
  if (now.phase === 'waiting') made.push(worded('p', 'wait'));
  if (now.phase === 'over') made.push(worded('p', 'over'));
  if (now.phase === 'turn') made.push(...turn(now));
  stage.replaceChildren(...made);
  return undefined;
}

function seats(now) {
  const choice = make('select', { id: 'seat' }, ...(now.seats ?? []).map((seat) => make('option', { value: seat.id }, seat[words.language])));
  choice.value = now.seat ?? '';
  choice.disabled = now.phase === 'turn';
  choice.addEventListener('change', () => send('/api/play/seat', { seat: choice.value }).catch(() => {}));
  return make('p', { class: 'picker' }, worded('label', 'seat', { for: 'seat' }), choice);
}

function turn(now) {
  const made = [make('p', { class: 'lead' }, moment(now.time))];
  if (now.draft && now.choices && now.turn === 0) made.push(worded('h2', 'draft'), make('blockquote', {}, `${t('to')} ${now.draft.target}: ${now.draft.text}`));
  if (now.choices) {
    made.push(worded('h2', 'your_turn'));
    const list = make('div', { class: 'choices' });
    for (const choice of now.choices) {
      const button = make('button', { type: 'button', 'data-choice': choice.id, 'aria-pressed': String(now.vote === choice.id) }, choice[words.language]);
      button.addEventListener('click', async () => {
        try {
          await send('/api/play/vote', { turn: now.turn, choice: choice.id });
          now.vote = choice.id;
          show(now);
        } catch (error) { list.append(make('p', { role: 'alert' }, error.message)); }
      });
      list.append(button);
    }
    made.push(list);
    if (now.vote) made.push(worded('p', 'sent', { class: 'note', role: 'status' }));
  } else {
    made.push(worded('p', 'not_yours'));
  }
  made.push(worded('h2', 'heard'));
  const heard = make('ol', { class: 'log' }, ...(now.heard ?? []).map((one) => make('li', {}, make('time', {}, moment(one.time)),
    make('strong', {}, `@${one.handle}: `), one.text, make('span', { class: 'note' },
      one.own ? ` (${t('own')}, ${one.languages})` : ` (${one.languages}; ${t('by')} ${t(one.channel)}${one.understood ? `; ${t('takes')}: ${one.understood}` : ''})`))));
  made.push(now.heard?.length ? heard : worded('p', 'nothing'));
  return made;
}

/// Both runs to watch, and what was chosen.
async function picture(now) {
  const key = JSON.stringify(now.chosen) + words.language;
  if (whole === key) return;
  whole = key;
  const name = (id) => now.seats?.find((seat) => seat.id === id)?.[words.language] ?? id;
  const which = make('select', { id: 'which' }, make('option', { value: 'class' }, t('with_class')), make('option', { value: 'without' }, t('without')));
  const theatre = make('div', { id: 'theatre' });
  stage.replaceChildren(worded('h2', 'whole'), worded('h3', 'chosen'),
    make('ul', {}, ...(now.chosen ?? []).map((one) => make('li', {}, `${name(one.seat)}: ${one.choice[words.language]}`))), which, theatre);
  try {
    const shown = player(theatre, await ask('/api/play/stage'));
    const load = async () => { shown.show(await ask(`/api/play/film?which=${which.value}`)); document.body.dataset.watching = which.value; };
    which.addEventListener('change', load);
    await load();
  } catch (error) { theatre.append(make('p', { role: 'alert' }, error.message)); whole = ''; }
}
