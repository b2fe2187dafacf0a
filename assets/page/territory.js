// The map of the network on a canvas: publics as regions, shares as dots with waves around new ones.
import { country_name, t } from './words.js';

export const MAP = { width: 1000, height: 620 };
/// Colours of messages (Okabe and Ito, 2008) and of what follows from them.
const MESSAGES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'];
const ACT = '#1a1a1a';
const COVERAGE = '#8a8a8a';
/// Grounds of countries: pale, and different enough in grey beside one another.
const GROUNDS = ['#eef3f7', '#f7f1e6', '#edf5ee', '#f6ecf1', '#f3f3ea', '#e8f2f4', '#f6efe9', '#f0eef6'];
/// Play time for which a share sends out a wave, in seconds.
const WAVE = 1.1;

/// Colour of each message of a film, by position.
export function colours(messages) {
  let script = 0;
  return messages.map((message) => {
    if (message.kind === 'act') return ACT;
    if (message.kind === 'coverage') return COVERAGE;
    script += 1;
    return MESSAGES[(script - 1) % MESSAGES.length];
  });
}

/// All shares of a film with their places, in the order of time.
export function dots(stage, film, clock) {
  const ink = colours(film.messages);
  const found = [];
  film.messages.forEach((message, index) => {
    let time = 0;
    const places = [];
    message.t.forEach((gap, node) => {
      time += gap;
      const region = message.public[node] >= 0 ? stage.regions[message.public[node]].border : null;
      const place = region?.length ? inside(region, index, node) : home(stage, message.home, index);
      places.push(place);
      const parent = node > 0 && message.kind !== 'coverage' ? places[message.parent[node]] : null;
      found.push({ time, play: clock.play(time), place, parent, ink: ink[index], frame: message.frame[node], message: index, first: node === 0 });
    });
  });
  return found.sort((one, other) => one.time - other.time);
}

function home(stage, code, index) {
  const country = stage.countries.find((known) => known.code === code);
  const [x, y] = country?.middle ?? [MAP.width / 2, 14];
  const [dx, dy] = chance(index, 7);
  return [x + 24 * (dx - 0.5), y + 16 * (dy - 0.5)];
}

/// Two numbers from 0 to 1 that follow from two whole numbers (a mixing function after Steele et al., 2014).
function chance(one, two) {
  const mix = (seed) => {
    let x = Math.imul((one + 1) * 0x9e3779b1 + seed, 0x85ebca6b) ^ Math.imul(two + 0x165667b1, 0xc2b2ae35);
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
    return ((x ^ (x >>> 15)) >>> 0) / 2 ** 32;
  };
  return [mix(1), mix(2)];
}

/// A place in a convex region.
function inside(border, one, two) {
  const [first, second] = chance(one, two);
  const areas = [];
  for (let at = 1; at + 1 < border.length; at += 1) {
    const [a, b, c] = [border[0], border[at], border[at + 1]];
    areas.push(Math.abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])));
  }
  let mark = first * areas.reduce((sum, area) => sum + area, 0);
  for (let at = 0; at < areas.length; at += 1) {
    if (mark <= areas[at] || at === areas.length - 1) {
      const root = Math.sqrt(Math.min(mark / Math.max(areas[at], 1e-9), 1));
      const [a, b, c] = [border[0], border[at + 1], border[at + 2]];
      const far = [b[0] + second * (c[0] - b[0]), b[1] + second * (c[1] - b[1])];
      // A little towards the middle, so that no dot lies on a border.
      return [a[0] + root * (far[0] - a[0]), a[1] + root * (far[1] - a[1])];
    }
    mark -= areas[at];
  }
  return border[0];
}

/// A canvas with the map of `stage`.
export class Territory {
  constructor(stage) {
    this.stage = stage;
    this.canvas = document.createElement('canvas');
    this.canvas.setAttribute('role', 'img');
    this.ground = document.createElement('canvas');
    this.fit();
  }

  /// Takes the size that the canvas has on the page.
  fit() {
    const shown = this.canvas.clientWidth || MAP.width;
    const width = Math.round(shown * Math.min(window.devicePixelRatio || 1, 2));
    if (this.canvas.width === width && this.spoken === document.documentElement.lang) return;
    this.spoken = document.documentElement.lang;
    for (const canvas of [this.canvas, this.ground]) {
      canvas.width = width;
      canvas.height = Math.round(width * MAP.height / MAP.width);
    }
    this.scale = width / MAP.width;
    // On a narrow page, names take more of the map.
    this.type = Math.max(1, 640 / shown);
    this.draw_ground();
  }

  draw_ground() {
    const pen = this.ground.getContext('2d');
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    pen.clearRect(0, 0, MAP.width, MAP.height);
    pen.lineJoin = 'round';
    this.stage.countries.forEach((country, index) => {
      trace(pen, country.border);
      pen.fillStyle = GROUNDS[index % GROUNDS.length];
      pen.fill();
    });
    pen.strokeStyle = '#cfd6da';
    pen.lineWidth = 0.8;
    this.stage.regions.forEach((region) => { trace(pen, region.border); pen.stroke(); });
    pen.strokeStyle = '#7d8a91';
    pen.lineWidth = 1.8;
    this.stage.countries.forEach((country) => { trace(pen, country.border); pen.stroke(); });
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    const names = this.stage.countries.map((country) => this.place_country(pen, country));
    this.stage.regions.forEach((region, index) => this.name_public(pen, region, this.stage.publics[index], names));
    names.forEach((name) => write_country(pen, name));
  }

  /// Writes the role of a public where the names of countries leave room, or not at all.
  name_public(pen, region, known, names) {
    const size = 10 * this.type;
    const [left, right, top, bottom] = box(region.border);
    pen.font = `${size}px system-ui, sans-serif`;
    const width = pen.measureText(known.role).width;
    if (width > 0.72 * (right - left) || bottom - top < 2.4 * size) return;
    const [x, middle] = region.middle;
    const is_free = (y) => names.every((name) => Math.abs(x - name.x) > (width + name.width) / 2 || y + size / 2 < name.top || y - size / 2 > name.bottom);
    const y = [middle + 0.9 * size, middle + 2 * size, middle - 1.6 * size].find((at) => at > top + size && at < bottom - size && is_free(at));
    if (y === undefined) return;
    pen.fillStyle = '#6b757a';
    pen.fillText(known.role, x, y);
  }

  /// The name of a country in lines, and the box that it takes.
  place_country(pen, country) {
    const [left, right] = box(country.border);
    const size = 14 * this.type;
    const font = `600 ${size}px system-ui, sans-serif`;
    pen.font = font;
    const lines = broken(pen, country_name(country.code, country.name), 0.9 * (right - left)) ?? [country.code];
    const [x, middle] = country.middle;
    const last = middle - 0.6 * size;
    return {
      lines, font, x, last, step: 1.1 * size,
      width: Math.max(...lines.map((line) => pen.measureText(line).width)),
      top: last - (1.1 * (lines.length - 1) + 0.6) * size,
      bottom: last + 0.6 * size,
    };
  }

  /// Draws what has happened until `play`, and the waves of what has just happened unless `still`.
  draw(dots, play, governments, still) {
    this.fit();
    const pen = this.canvas.getContext('2d');
    pen.setTransform(1, 0, 0, 1, 0, 0);
    pen.clearRect(0, 0, this.canvas.width, this.canvas.height);
    pen.drawImage(this.ground, 0, 0);
    pen.setTransform(this.scale, 0, 0, this.scale, 0, 0);
    for (const dot of dots) {
      if (dot.play > play) break;
      const age = play - dot.play;
      if (age < WAVE && !still) wave(pen, dot, age);
      mark(pen, dot, this.type);
    }
    governments.forEach((government) => this.draw_government(pen, government));
  }

  draw_government(pen, government) {
    const country = this.stage.countries.find((known) => known.code === government.country);
    if (!country) return;
    const [x, y] = country.middle;
    const size = 11 * this.type;
    pen.font = `600 ${size}px system-ui, sans-serif`;
    const text = government.text;
    const width = pen.measureText(text).width + 10;
    pen.fillStyle = government.ink;
    pen.strokeStyle = '#ffffff';
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.roundRect(x - width / 2, y + 1.5 * size, width, 1.5 * size, 4);
    pen.fill();
    pen.stroke();
    pen.fillStyle = government.dark ? '#ffffff' : '#1a1a1a';
    pen.textAlign = 'center';
    pen.textBaseline = 'middle';
    pen.fillText(text, x, y + 2.27 * size);
  }
}

/// A name in at most three lines of some width; null where it is too long for that.
function broken(pen, name, room) {
  const lines = [''];
  for (const word of name.split(' ')) {
    const longer = `${lines.at(-1)} ${word}`.trim();
    if (pen.measureText(longer).width <= room) lines[lines.length - 1] = longer;
    else if (lines.at(-1)) lines.push(word); else return null;
  }
  return lines.length <= 3 && lines.every((line) => pen.measureText(line).width <= room) ? lines : null;
}

function write_country(pen, name) {
  pen.font = name.font;
  pen.lineWidth = 4;
  pen.strokeStyle = 'rgba(255,255,255,0.85)';
  pen.fillStyle = '#2b3236';
  name.lines.forEach((line, at) => {
    const y = name.last - (name.lines.length - 1 - at) * name.step;
    pen.strokeText(line, name.x, y);
    pen.fillText(line, name.x, y);
  });
}

function trace(pen, border) {
  pen.beginPath();
  border.forEach(([x, y], at) => (at === 0 ? pen.moveTo(x, y) : pen.lineTo(x, y)));
  pen.closePath();
}

function box(border) {
  const across = border.map(([x]) => x);
  const down = border.map(([, y]) => y);
  return [Math.min(...across), Math.max(...across), Math.min(...down), Math.max(...down)];
}

function wave(pen, dot, age) {
  const [x, y] = dot.place;
  const share = age / WAVE;
  pen.globalAlpha = 0.7 * (1 - share);
  pen.strokeStyle = dot.ink;
  pen.lineWidth = dot.first ? 3 : 1.4;
  pen.beginPath();
  pen.arc(x, y, 4 + (dot.first ? 90 : 22) * share, 0, 2 * Math.PI);
  pen.stroke();
  if (dot.parent) {
    pen.globalAlpha = 0.5 * (1 - share);
    pen.lineWidth = 0.9;
    pen.beginPath();
    pen.moveTo(...dot.parent);
    pen.lineTo(x, y);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

/// A dot as the frame says: filled as intended, a ring if hostile, a square if distorted; a star of its own for the original.
function mark(pen, dot, type) {
  const [x, y] = dot.place;
  const size = (dot.first ? 4.5 : 2.2) * Math.sqrt(type);
  pen.fillStyle = dot.ink;
  if (dot.first) {
    pen.beginPath();
    pen.moveTo(x, y - 1.5 * size);
    pen.lineTo(x + 1.5 * size, y);
    pen.lineTo(x, y + 1.5 * size);
    pen.lineTo(x - 1.5 * size, y);
    pen.closePath();
    pen.fill();
    pen.strokeStyle = '#ffffff';
    pen.lineWidth = 1.2;
    pen.stroke();
  } else if (dot.frame === 2) {
    pen.fillRect(x - size, y - size, 2 * size, 2 * size);
  } else {
    pen.beginPath();
    pen.arc(x, y, size, 0, 2 * Math.PI);
    if (dot.frame === 1) {
      pen.strokeStyle = dot.ink;
      pen.lineWidth = 1.3;
      pen.stroke();
    } else {
      pen.fill();
    }
  }
}

/// The meaning of colours and shapes, as elements.
export function legend(film) {
  const ink = colours(film.messages);
  const list = document.createElement('ul');
  list.className = 'legend';
  const entry = (colour, shape, text) => {
    const item = document.createElement('li');
    const swatch = document.createElement('span');
    swatch.className = `swatch ${shape}`;
    swatch.style.setProperty('--ink', colour);
    item.append(swatch, text);
    list.append(item);
  };
  film.messages.forEach((message, index) => {
    if (message.kind === 'script') entry(ink[index], 'diamond', `${message.id} · @${message.handle} (${message.languages})`);
  });
  if (film.messages.some((message) => message.kind === 'act')) entry(ACT, 'diamond', t('announcement'));
  if (film.messages.some((message) => message.kind === 'coverage')) entry(COVERAGE, 'diamond', t('coverage'));
  entry('#5f5f5f', 'dot', t('as_intended'));
  entry('#5f5f5f', 'ring', t('hostile'));
  entry('#5f5f5f', 'square', t('distorted'));
  return list;
}
