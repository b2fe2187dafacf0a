// Words of the pages in English and French, and numbers and dates as each language writes them.

const WORDS = {
  en: {
    language: 'Language', replay: 'Watch a run', charts: 'Over time', run: 'Run', of_runs: 'of', play: 'Play', pause: 'Pause',
    rewind: 'Rewind', back: 'Step back', step: 'Step forward', end: 'To the end', speed: 'Speed', position: 'Position in time',
    map: 'Map of the network', ladders: 'Ladders of governments', markets: 'Markets and tensions', log: 'What happens',
    timeline: 'The run as text', legend: 'Legend', as_intended: 'as its author meant it', hostile: 'quoted against its author',
    distorted: 'told as something harsher', announcement: 'announcements of acts', coverage: 'press coverage',
    n_runs: 'runs', median: 'median', half: 'half of the runs', most: 'nine runs in ten', this_run: 'this run', session: 'trading session',
    now: 'now', no_acts: 'No government acts in this run.', towards: 'towards', shares: 'shares', reach: 'people reached',
    arrivals: 'people who arrive in a day', recognised: 'share that has recognised', tension: 'tension', price: 'prices', volatility: 'volatility', more: 'More charts', before: 'Before the first event',
    drawn: 'Only a part of the shares is drawn: ', keys: 'Keys: space plays and pauses, arrows step, Home and End go to the ends.',
    map_alt: 'Publics are regions, grouped by country; dots are shares, coloured by message.', hears: 'hears',
    areas: 'Areas grow with the number of people, but less than in proportion; near countries follow one another more.',
    picked: 'A sample that stands for all runs, in the order of', until: 'so far', posted: 'posted', deleted: 'deleted',
    heard: 'heard', decided: 'decided', act: 'act', price_kind: 'price', given: 'given', spread: 'spread', end_kind: 'end', bots: 'bots',
    amplified: 'amplified', conduct: 'on the platform', moderated: 'moderated', denied: 'denied', all_kinds: 'all', quiet: 'without press', run_ends: 'Outcomes of this run',
  },
  fr: {
    language: 'Langue', replay: 'Regarder une simulation', charts: 'Dans le temps', run: 'Simulation', of_runs: 'sur', play: 'Lire', pause: 'Pause',
    rewind: 'Revenir au début', back: 'Reculer d’un pas', step: 'Avancer d’un pas', end: 'Aller à la fin', speed: 'Vitesse', position: 'Position dans le temps',
    map: 'Carte du réseau', ladders: 'Échelles des gouvernements', markets: 'Marchés et tensions', log: 'Ce qui se passe',
    timeline: 'La simulation en texte', legend: 'Légende', as_intended: 'tel que l’auteur l’entend', hostile: 'cité contre son auteur',
    distorted: 'rapporté en plus dur', announcement: 'annonces d’actes', coverage: 'articles de presse',
    n_runs: 'simulations', median: 'médiane', half: 'la moitié des simulations', most: 'neuf simulations sur dix', this_run: 'cette simulation', session: 'séance de bourse',
    now: 'maintenant', no_acts: 'Aucun gouvernement n’agit dans cette simulation.', towards: 'envers', shares: 'partages', reach: 'personnes atteintes',
    arrivals: 'personnes arrivant en un jour', recognised: 'part ayant reconnu', tension: 'tension', price: 'cours', volatility: 'volatilité', more: 'Autres graphiques', before: 'Avant le premier événement',
    drawn: 'Une partie seulement des partages est dessinée : ', keys: 'Clavier : espace lit et met en pause, les flèches avancent d’un pas, Début et Fin vont aux extrémités.',
    map_alt: 'Les publics sont des régions, groupées par pays ; les points sont des partages, colorés par message.', hears: 'entend',
    areas: 'Les surfaces croissent avec le nombre de personnes, mais moins que proportionnellement ; les pays voisins se suivent davantage.',
    picked: 'Un échantillon représentatif de toutes les simulations, dans l’ordre de', until: 'jusqu’ici', posted: 'publié', deleted: 'supprimé',
    heard: 'entendu', decided: 'décidé', act: 'acte', price_kind: 'cours', given: 'donné', spread: 'diffusion', end_kind: 'fin', bots: 'robots',
    amplified: 'amplifié', conduct: 'sur la plateforme', moderated: 'modéré', denied: 'démenti', all_kinds: 'tout', quiet: 'sans la presse', run_ends: 'Résultats de cette simulation',
  },
};

export const words = { language: 'en', listeners: [] };

/// The word for `key` in the language of the page.
export function t(key) {
  return WORDS[words.language][key] ?? WORDS.en[key] ?? key;
}

/// Adds words of a page of its own.
export function add_words(more) {
  for (const language of Object.keys(WORDS)) Object.assign(WORDS[language], more[language]);
}

/// Chooses a language; elements with a `data-t` take the new words.
export function speak(language) {
  words.language = language;
  document.documentElement.lang = language;
  try { localStorage.setItem('twiplomacy-language', language); } catch { /* a page from a file may have no storage */ }
  for (const element of document.querySelectorAll('[data-t]')) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll('[data-label]')) element.setAttribute('aria-label', t(element.dataset.label));
  words.listeners.forEach((listener) => listener());
}

/// The buttons that choose a language.
export function languages(root) {
  for (const [language, name] of [['en', 'English'], ['fr', 'Français']]) {
    const button = make('button', { type: 'button', lang: language, class: 'language always' }, name);
    button.addEventListener('click', () => speak(language));
    root.append(button);
    words.listeners.push(() => button.setAttribute('aria-pressed', String(words.language === language)));
  }
  let wanted = null;
  try { wanted = localStorage.getItem('twiplomacy-language'); } catch { /* as above */ }
  speak(wanted ?? (navigator.language?.startsWith('fr') ? 'fr' : 'en'));
}

/// An element with attributes and content; texts are never read as HTML.
export function make(tag, attributes = {}, ...content) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) if (value !== null) element.setAttribute(name, value);
  element.append(...content.filter((part) => part !== null));
  return element;
}

/// An element whose text is a word of the dictionary.
export function worded(tag, key, attributes = {}) {
  return make(tag, { ...attributes, 'data-t': key }, t(key));
}

const LOCALES = { en: 'en-GB', fr: 'fr-FR' };

export function number(value, options = {}) {
  // A real minus sign, as in the tables and plots.
  return new Intl.NumberFormat(LOCALES[words.language], options).format(value).replace('-', '−');
}

/// A value of a series or an outcome with its unit.
export function quantity(value, unit) {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  switch (unit) {
    case 'fraction': case 'share': case 'yes_no': return number(value, { style: 'percent', maximumFractionDigits: 2 });
    case 'usd': return number(value, { style: 'currency', currency: 'USD', notation: 'compact' });
    case 'h': return `${number(value, { maximumFractionDigits: 1 })} h`;
    case 'people': case 'shares': case 'impressions': return number(value, { notation: 'compact', maximumFractionDigits: 1 });
    default: return number(value, { maximumSignificantDigits: 3 });
  }
}

/// A moment in UTC from seconds of the epoch.
export function moment(seconds) {
  const format = { timeZone: 'UTC', day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' };
  return `${new Intl.DateTimeFormat(LOCALES[words.language], format).format(seconds * 1000)} UTC`;
}

/// The name of a country in the language of the page; the name of the scenario for what is no country.
export function country_name(code, name) {
  if (words.language === 'en' || code.startsWith('X')) return name;
  try { return new Intl.DisplayNames('fr', { type: 'region' }).of(code) ?? name; } catch { return name; }
}
