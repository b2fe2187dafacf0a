// The report and the classroom in headless Chromium: `node run.mjs PROGRAM`, the program built with the feature `serve`.
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { browser, check, desk, finish, part, PICTURES, program, serve } from './program.mjs';

const SMALL = ['--set', 'network.accounts=30000'];
const chrome = await browser();

/// A page whose errors are counted; `quiet` pages may not ask for anything.
async function open(address, { width = 1280, height = 1000, offline = false, ...more } = {}) {
  const context = await chrome.newContext({ viewport: { width, height }, locale: 'en-GB', ...more });
  // Generous: the machine may be building at the same time.
  context.setDefaultTimeout(120000);
  const page = await context.newPage();
  page.errors = [];
  page.on('pageerror', (error) => page.errors.push(error.message));
  page.on('console', (message) => { if (message.type() === 'error') page.errors.push(message.text()); });
  page.asked = [];
  page.on('request', (request) => page.asked.push(request.url()));
  if (offline) await context.setOffline(true);
  await page.goto(address);
  return page;
}

const state = (page, name) => page.locator('.stage').evaluate((stage, key) => stage.parentElement.dataset[key], name);
const shot = (page, name, options = {}) => page.screenshot({ path: join(PICTURES, `${name}.png`), ...options });

for (const scenario of ['canada-saudi-2018', 'tariff-thread-2019']) {
  await part(`report of ${scenario}`, async () => {
    const bundle = join(desk, scenario);
    program('run', scenario, '--runs', '60', ...SMALL, '--out', bundle, '--quiet');
    const page = await open(pathToFileURL(join(bundle, 'report.html')).href, { offline: true });
    await page.waitForSelector('.stage canvas');
    check('asks for nothing but itself', page.asked.every((url) => url.startsWith('file:') || url.startsWith('data:')), page.asked.join(' '));
    check('begins at rest at the beginning', await state(page, 'state') === 'paused' && Number(await state(page, 'play')) === 0);

    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.waitForFunction(() => Number(document.querySelector('.stage').parentElement.dataset.play) > 0.6);
    check('plays', await state(page, 'state') === 'playing');
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    const paused = Number(await state(page, 'play'));
    await page.waitForTimeout(250);
    check('pauses', Number(await state(page, 'play')) === paused);

    const entry = Number(await state(page, 'entry'));
    await page.getByRole('button', { name: 'Step forward' }).click();
    const stepped = Number(await state(page, 'entry'));
    check('steps to a later entry', stepped > entry, `${entry} ${stepped}`);
    check('reads the entry out', (await page.locator('[aria-live]').textContent()).length > 10);
    await page.getByRole('button', { name: 'Step back' }).click();
    check('steps back', Number(await state(page, 'entry')) < stepped);
    await page.locator('.stage').press('End');
    check('goes to the end by key', Number(await state(page, 'play')) > 70);
    await page.waitForTimeout(100);
    await shot(page, `${scenario}-end`);
    await page.getByRole('button', { name: 'Rewind' }).click();
    check('rewinds', Number(await state(page, 'play')) === 0);
    await page.locator('.control.main').press('ArrowRight');
    check('steps by key', Number(await state(page, 'entry')) >= 0);

    // Something is drawn, and more of it later.
    const ink = () => page.locator('.map canvas').evaluate((canvas) => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      const seen = new Map();
      for (let at = 0; at < data.length; at += 4) { const key = `${data[at] >> 4} ${data[at + 1] >> 4} ${data[at + 2] >> 4}`; seen.set(key, (seen.get(key) ?? 0) + 1); }
      return seen.size;
    });
    check('a map is drawn', await ink() > 8, await ink());

    const runs = await page.locator('#run option').count();
    check('runs can be picked', runs === 12, runs);
    await page.locator('#run').selectOption('0');
    check('another run begins at its beginning', Number(await state(page, 'play')) === 0);

    await page.getByRole('button', { name: 'Français' }).click();
    check('French is shown', await page.getByRole('heading', { name: 'Regarder une simulation' }).isVisible());
    check('English is not', !(await page.getByText('Recorded against simulated', { exact: true }).isVisible()));
    await shot(page, `${scenario}-fr`);
    await page.getByRole('button', { name: 'English' }).click();
    await page.locator('.chart').first().hover({ position: { x: 180, y: 60 } });
    check('charts tell what is under the pointer', await page.locator('.tip:visible').count() > 0);
    const unnamed = await page.evaluate(() => [...document.querySelectorAll('button, select, input, canvas[role]')]
      .filter((one) => !(one.getAttribute('aria-label') || one.textContent.trim() || one.labels?.length)).length);
    check('everything has a name', unnamed === 0, unnamed);
    check('no errors', page.errors.length === 0, page.errors.join('\n'));
    await shot(page, `${scenario}-whole`, { fullPage: true });
    await page.setViewportSize({ width: 390, height: 800 });
    await page.waitForTimeout(200);
    const spill = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    check('fits a phone', spill <= 1, spill);
    await shot(page, `${scenario}-phone`);
    await page.context().close();
  });
}

await part('reduced motion', async () => {
  const page = await open(pathToFileURL(join(desk, 'canada-saudi-2018', 'report.html')).href, { reducedMotion: 'reduce' });
  await page.locator('.stage').press('End');
  check('works without motion', Number(await state(page, 'play')) > 70);
  await page.context().close();
});

await part('a teacher and three students play a round', async () => {
  const server = await serve('canada-saudi-2018', '--port', '0', '--runs', '120');
  try {
    const teacher = await open(server.link);
    await teacher.waitForSelector('body[data-watching]');
    const seconds = (performance.now() - server.started) / 1000;
    console.log(`from serve to the first picture: ${seconds.toFixed(2)} s`);
    await teacher.getByRole('button', { name: 'Play', exact: true }).click();
    await teacher.waitForFunction(() => Number(document.querySelector('#theatre').dataset.play) > 0.2);
    console.log(`from serve to the first moving picture: ${((performance.now() - server.started) / 1000).toFixed(2)} s`);
    await teacher.waitForFunction(() => Number(document.querySelector('.live')?.dataset.runs) >= 120, null, { timeout: 120000 });
    check('runs build up', true);
    await shot(teacher, 'teacher');

    const students = [];
    for (const name of ['Ada', 'Ben', 'Cleo']) {
      const phone = await open(`${server.students}/?code=${server.code}`, { width: 390, height: 780 });
      await phone.locator('#name').fill(name);
      await phone.locator('#join').click();
      await phone.waitForSelector('#seat');
      students.push(phone);
    }
    const seats = await Promise.all(students.map((phone) => phone.locator('#seat').inputValue()));
    check('three seats are taken', new Set(seats).size === 3, seats.join(' '));
    await teacher.waitForFunction(() => document.body.dataset.students === '3');

    // What a student must not do.
    const refused = await students[0].evaluate(async () => {
      const status = async (address, options) => (await fetch(address, options)).status;
      const json = { 'content-type': 'application/json' };
      return {
        teacher: await status('/api/teach/stage'), events: await status('/api/teach/events'), early: await status('/api/play/film?which=class'),
        choose: await status('/api/teach/choose', { method: 'POST', headers: json, body: '{"scenario":"canada-saudi-2018"}' }),
        nothing: await status('/api/play/vote', { method: 'POST', headers: json, body: '{"turn":0,"choice":"post"}' }),
        bad: await status('/api/play/vote', { method: 'POST', headers: json, body: '{"turn":' }),
        huge: await status('/api/play/vote', { method: 'POST', headers: json, body: 'x'.repeat(200000) }),
        path: await status('/assets/../../etc/passwd'), unknown: await status('/api/teach/film?which=../../x&run=1'),
      };
    });
    check('students do not read the teacher\'s data', refused.teacher === 403 && refused.events === 403 && refused.choose === 403 && refused.unknown === 403, JSON.stringify(refused));
    check('nothing is shown or voted before its time', refused.early === 403 && refused.nothing === 409, JSON.stringify(refused));
    check('bad and huge requests are refused', refused.bad === 400 && refused.huge === 413 && refused.path === 404, JSON.stringify(refused));

    await teacher.locator('#do-begin').click();
    let turns = 0;
    for (;;) {
      await teacher.waitForFunction((known) => document.body.dataset.round !== known && !document.querySelector('#do-end_turn')?.disabled, turns ? `turn-${turns - 1}` : 'none');
      const round = await teacher.evaluate(() => document.body.dataset.round);
      if (!round.startsWith('turn-')) break;
      const turn = Number(round.slice(5));
      turns = turn + 1;
      for (const phone of students) {
        await phone.waitForFunction((wanted) => document.body.dataset.turn === wanted, String(turn));
        const choices = phone.locator('.choices button');
        if (await choices.count()) {
          await choices.nth(turn === 0 ? 0 : await choices.count() - 1).click();
          await phone.waitForFunction(() => document.body.dataset.vote !== '');
          check('the vote shows', await phone.locator('.choices button[aria-pressed="true"]').count() === 1);
        }
      }
      if (turn === 1) { await shot(students[1], 'student-turn'); await shot(teacher, 'teacher-turn', { fullPage: true }); }
      await teacher.locator('#do-end_turn').click();
    }
    check('there are several turns', turns >= 3, turns);
    await teacher.locator('#do-whole').click();
    for (const phone of students) await phone.waitForSelector('body[data-watching="class"]');
    await students[1].locator('#which').selectOption('without');
    await students[1].waitForSelector('body[data-watching="without"]');
    await students[1].locator('.stage').press('End');
    await shot(students[1], 'student-whole', { fullPage: true });
    await teacher.waitForFunction(() => document.body.dataset.round === 'whole');
    await teacher.waitForFunction(() => Number(document.querySelector('.live').dataset.runs) >= 120, null, { timeout: 120000 });
    await teacher.locator('#do-reveal').click();
    await teacher.waitForSelector('.mark:not([hidden])');
    await shot(teacher, 'teacher-whole', { fullPage: true });

    // Saved, played again, and shared.
    const saved = await teacher.evaluate(async () => (await fetch('/api/teach/session.json')).json());
    check('the session holds what was chosen', saved.chosen.length >= 3 && saved.run === 0, JSON.stringify(saved));
    const again = await teacher.evaluate(async (body) => (await fetch('/api/teach/session.json', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })).status, saved);
    check('a saved session is played again', again === 200, again);
    const same = await teacher.evaluate(async () => (await fetch('/api/teach/session.json')).json());
    check('and is the same', JSON.stringify(same) === JSON.stringify(saved), JSON.stringify(same));
    const page = await teacher.evaluate(async () => (await fetch('/api/teach/report.html')).text());
    check('the session is shared as a page', page.includes('Chosen by the class') && page.includes('<!doctype html>'));

    // Who comes back is known; who guesses the code is stopped.
    await students[2].reload();
    await students[2].waitForSelector('body[data-phase="whole"]', { timeout: 30000 });
    check('who comes back goes on', true);
    const guesses = await students[0].evaluate(async () => {
      const found = [];
      for (let at = 0; at < 12; at += 1) found.push((await fetch('/api/join', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"code":"AAAAAA"}' })).status);
      return found;
    });
    check('guessing the code is stopped', guesses[0] === 403 && guesses.at(-1) === 429, guesses.join(' '));
    const errors = [teacher, ...students].flatMap((one) => one.errors).filter((text) => !/status of (4\d\d)/.test(text));
    check('no errors', errors.length === 0, errors.join('\n'));
  } finally { await server.stop(); }
});

await chrome.close();
finish();
