// Charts over time: bands of all runs, the line of one run, trading sessions, and what the pointer is on.
import { make, moment, quantity, t } from './words.js';

const COLOURS = { most: '#c6dcee', half: '#84b2da', median: '#0b4578', run: '#c44e00', session: '#ece8dc', grid: '#e4e4e4', text: '#5f5f5f' };
const DAY = 86400;

/// Seconds shown around the message of reference, as in the plots.
export function window_of(stage) {
  const from = Math.max(stage.reference - 3 * DAY, 0);
  const until = Math.min(stage.reference + 12 * DAY, stage.horizon);
  return until - from >= 0.8 * stage.horizon ? [0, stage.horizon] : [from, until];
}

/// A chart of series number `index`; `bands` and `line` may each be null. A line alone may have bins of its own.
export function fan(root, stage, index, { bands, line, bins = stage.bins, height = 190 }) {
  const spec = stage.series[index];
  const [from, until] = window_of(stage);
  const keep = bins.map((bin, at) => (bin >= from && bin <= until ? at : -1)).filter((at) => at >= 0);
  const pick = (values) => (values ? keep.map((at) => values[at]) : keep.map(() => null));
  const data = [
    keep.map((at) => stage.start + bins[at]),
    pick(bands?.q95), pick(bands?.q05), pick(bands?.q75), pick(bands?.q25), pick(bands?.q50), pick(line),
  ];
  const none = { stroke: 'transparent', width: 0, points: { show: false } };
  const market = spec.id.split('.')[1];
  const sessions = spec.group === 'price' ? stage.sessions.find((known) => known.market === market)?.sessions ?? [] : [];
  const state = { now: null };
  const options = {
    width: Math.max(root.clientWidth || 340, 220),
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), 'UTC'),
    legend: { show: false },
    cursor: { points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { time: true, range: [stage.start + from, stage.start + until] }, y: { range: (_, low, high) => widened(low, high, spec) } },
    series: [{}, none, none, none, none,
      { stroke: COLOURS.median, width: 2, points: { show: false } },
      { stroke: COLOURS.run, width: 2, dash: [7, 3], points: { show: false } }],
    bands: bands ? [{ series: [1, 2], fill: COLOURS.most }, { series: [3, 4], fill: COLOURS.half }] : [],
    axes: [
      { stroke: COLOURS.text, grid: { show: false }, ticks: { stroke: '#8a8a8a', size: 4 }, space: 60, values: (_, ticks) => dates(ticks) },
      { stroke: COLOURS.text, grid: { stroke: COLOURS.grid, width: 1 }, ticks: { show: false }, size: 58, values: (_, ticks) => ticks.map((tick) => quantity(tick, spec.unit)) },
    ],
    hooks: {
      drawClear: [(plot) => shade(plot, sessions.map((ends) => ends.map((end) => stage.start + end)))],
      draw: [(plot) => lines(plot, stage, state.now)],
    },
    plugins: [tip(spec)],
  };
  const title = make('h3', {}, spec.label);
  const frame = make('div', { class: 'chart', tabindex: '0', role: 'img', 'aria-label': spec.label });
  root.append(title, frame);
  const plot = new uPlot(options, data, frame);
  by_key(frame, plot);
  return {
    plot,
    /// Marks a simulated time.
    at(time) {
      state.now = stage.start + time;
      plot.redraw(false, false);
    },
    /// Shows other numbers.
    set(bands, line) {
      plot.setData([data[0], pick(bands?.q95), pick(bands?.q05), pick(bands?.q75), pick(bands?.q25), pick(bands?.q50), pick(line)]);
    },
    fit() { plot.setSize({ width: Math.max(root.clientWidth, 220), height }); },
  };
}

/// Room around the data; zero stays an end where nothing can be below it.
function widened(low, high, spec) {
  if (low === null || high === null) return [0, 1];
  const ends = ['fraction', 'points'].includes(spec.unit) ? [low, high] : [Math.min(low, 0), high];
  const room = 0.06 * (ends[1] - ends[0]) || Math.max(Math.abs(ends[1]) * 0.1, 1e-3);
  return [ends[0] === 0 ? 0 : ends[0] - room, ends[1] + room];
}

function dates(ticks) {
  const midnights = ticks.every((tick) => tick % DAY === 0);
  const format = midnights ? { day: 'numeric', month: 'short' } : { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' };
  const locale = document.documentElement.lang === 'fr' ? 'fr-FR' : 'en-GB';
  return ticks.map((tick) => new Intl.DateTimeFormat(locale, { timeZone: 'UTC', ...format }).format(tick * 1000));
}

function shade(plot, sessions) {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.fillStyle = COLOURS.session;
  for (const [open, close] of sessions) {
    const left = Math.max(plot.valToPos(open, 'x', true), bbox.left);
    const right = Math.min(plot.valToPos(close, 'x', true), bbox.left + bbox.width);
    if (right > left) ctx.fillRect(left, bbox.top, right - left, bbox.height);
  }
  ctx.restore();
}

/// The message of reference as a dashed line, the present as a full one.
function lines(plot, stage, now) {
  const { ctx, bbox } = plot;
  const line = (time, colour, dash) => {
    const x = plot.valToPos(time, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) return;
    ctx.strokeStyle = colour;
    ctx.setLineDash(dash);
    ctx.lineWidth = 1.5;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  };
  ctx.save();
  line(stage.start + stage.reference, '#5f5f5f', [5, 4]);
  if (now !== null) line(now, '#1a1a1a', []);
  ctx.restore();
}

/// What stands at the pointer, in words.
function tip(spec) {
  const box = make('div', { class: 'tip', hidden: '' });
  const text = (plot, at) => {
    const value = (series) => plot.data[series][at];
    const rows = [moment(plot.data[0][at])];
    if (value(5) !== null && value(5) !== undefined) {
      rows.push(`${t('median')}: ${quantity(value(5), spec.unit)}`);
      rows.push(`${t('half')}: ${quantity(value(4), spec.unit)} … ${quantity(value(3), spec.unit)}`);
      rows.push(`${t('most')}: ${quantity(value(2), spec.unit)} … ${quantity(value(1), spec.unit)}`);
    }
    if (value(6) !== null && value(6) !== undefined) rows.push(`${t('this_run')}: ${quantity(value(6), spec.unit)}`);
    return rows;
  };
  return {
    hooks: {
      init: (plot) => plot.over.append(box),
      setCursor: (plot) => {
        const at = plot.cursor.idx;
        box.hidden = at === null || at === undefined || plot.cursor.left < 0;
        if (box.hidden) return;
        box.replaceChildren(...text(plot, at).map((row) => make('div', {}, row)));
        const right = plot.cursor.left > plot.over.clientWidth / 2;
        box.style.left = right ? '' : `${plot.cursor.left + 12}px`;
        box.style.right = right ? `${plot.over.clientWidth - plot.cursor.left + 12}px` : '';
      },
    },
  };
}

/// Arrows move the pointer of a chart that has the focus.
function by_key(frame, plot) {
  frame.addEventListener('keydown', (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const last = plot.data[0].length - 1;
    const at = Math.min(Math.max((plot.cursor.idx ?? -1) + step, 0), last);
    plot.setCursor({ left: plot.valToPos(plot.data[0][at], 'x'), top: plot.over.clientHeight / 2 });
  });
}
