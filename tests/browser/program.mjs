// The program under test, Chromium, and the counting of checks.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/// Where screenshots are left to be looked at.
export const PICTURES = process.env.PICTURES ?? join(tmpdir(), 'twiplomacy-pictures');
export const PROGRAM = process.argv[2] ?? 'target/release/twiplomacy';

mkdirSync(PICTURES, { recursive: true });
export const desk = mkdtempSync(join(tmpdir(), 'twiplomacy-'));
process.on('exit', () => rmSync(desk, { recursive: true, force: true }));

/// Runs the program to its end; what it prints.
export function program(...words) {
  const done = spawnSync(PROGRAM, words, { encoding: 'utf8' });
  if (done.status !== 0) throw new Error(`${words.join(' ')}: exit ${done.status}\n${done.stderr}`);
  return done.stdout;
}

/// Starts the server; gives the teacher's link, where students join, the code, and when it was started.
export async function serve(...words) {
  const started = performance.now();
  const child = spawn(PROGRAM, ['serve', ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let said = '';
  child.stdout.on('data', (data) => { out += data; });
  child.stderr.on('data', (data) => { said += data; });
  for (let tries = 0; tries < 600 && !(out.includes('\n') && /code (\w{6})/.test(said)); tries += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended: ${said}`);
    await new Promise((wake) => setTimeout(wake, 20));
  }
  const stop = () => new Promise((ended) => { child.once('exit', ended); child.kill('SIGINT'); });
  return { link: out.trim(), students: /join at (\S+)/.exec(said)[1], code: /code (\w{6})/.exec(said)[1], started, stop, child };
}

export async function browser() {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
  if (!executablePath) throw new Error('no Chromium: apt-get install chromium');
  const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
  return chromium.launch({ executablePath, headless: true, args });
}

const counts = { passed: 0, failed: 0 };

export function check(what, holds, found = '') {
  counts[holds ? 'passed' : 'failed'] += 1;
  if (!holds) console.log(`FAILED ${what} ${found}`);
}

/// Runs one part; a failure of it does not keep the others from running.
export async function part(name, does) {
  const before = counts.failed;
  try { await does(); } catch (error) { check(name, false, error.stack); }
  console.log(`${counts.failed === before ? 'ok    ' : 'FAILED'} ${name}`);
}

export function finish() {
  console.log(`${counts.passed} passed, ${counts.failed} failed`);
  process.exitCode = counts.failed ? 1 : 0;
}
