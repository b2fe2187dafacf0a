// Load on loopback: `node load.mjs PROGRAM [SECONDS]`. Two hundred students who listen and ask five times a second each, a thousand requests a
// second together, while the teacher goes on. Bounded in count and time.
import http from 'node:http';
import { check, finish, serve } from './program.mjs';

const STUDENTS = 200;
const PER_SECOND = 5;
const SECONDS = Number(process.argv[3] ?? 10);
const server = await serve('canada-saudi-2018', '--port', '0', '--runs', '20000');
const { hostname, port } = new URL(server.link);
const agent = new http.Agent({ keepAlive: true, maxSockets: 260 });

/// One request: its status, the time it took, and the cookie it set.
function ask(path, { method = 'GET', cookie = '', body = null, timeout = 15000 } = {}) {
  return new Promise((resolve) => {
    const begun = performance.now();
    const request = http.request({ hostname, port, path, method, agent, timeout, headers: { cookie, ...(body ? { 'content-type': 'application/json' } : {}) } }, (answer) => {
      answer.resume();
      answer.on('end', () => resolve({ status: answer.statusCode, ms: performance.now() - begun, cookie: answer.headers['set-cookie']?.[0]?.split(';')[0] }));
    });
    request.on('error', (error) => resolve({ status: 0, ms: performance.now() - begun, error }));
    request.on('timeout', () => request.destroy());
    request.end(body ?? undefined);
  });
}

/// Listens to events; counts them.
function listen(path, cookie) {
  const heard = { events: 0, last: performance.now(), longest: 0 };
  const request = http.request({ hostname, port, path, headers: { cookie }, agent: false }, (answer) => {
    answer.on('data', (data) => {
      const n = String(data).split('data:').length - 1;
      if (n) { const now = performance.now(); heard.longest = Math.max(heard.longest, now - heard.last); heard.last = now; heard.events += n; }
    });
  });
  request.on('error', () => {});
  request.end();
  heard.stop = () => request.destroy();
  return heard;
}

const quantile = (values, share) => [...values].sort((a, b) => a - b)[Math.min(Math.floor(share * values.length), values.length - 1)] ?? NaN;
const row = (name, list) => {
  const times = list.map((one) => one.ms);
  console.log(`${name.padEnd(34)} ${String(list.length).padStart(6)} requests  median ${quantile(times, 0.5).toFixed(1)} ms  99 % ${quantile(times, 0.99).toFixed(1)} ms  longest ${Math.max(...times).toFixed(0)} ms`);
};

const teacher = (await ask(new URL(server.link).pathname + new URL(server.link).search)).cookie;
const joined = [];
for (let at = 0; at < STUDENTS; at += 1) joined.push(await ask('/api/join', { method: 'POST', body: JSON.stringify({ code: server.code, name: `s${at}` }) }));
check('all students join', joined.every((one) => one.status === 200), JSON.stringify(joined.find((one) => one.status !== 200)));
const streams = joined.map((one) => listen('/api/play/events', one.cookie));
const watching = listen('/api/teach/events', teacher);
await new Promise((wake) => setTimeout(wake, 1500));

const asked = [];
const led = [];
const begun = performance.now();
let sent = 0;
while (performance.now() - begun < 1000 * SECONDS) {
  const due = Math.floor((performance.now() - begun) / 1000 * STUDENTS * PER_SECOND);
  for (; sent < due; sent += 1) {
    const student = joined[sent % STUDENTS];
    const vote = sent % 2 === 0 ? ask('/api/play/vote', { method: 'POST', cookie: student.cookie, body: '{"turn":0,"choice":"post"}' }) : ask('/assets/page.css', { cookie: student.cookie });
    asked.push(vote);
  }
  if (led.length < (performance.now() - begun) / 250) {
    led.push(ask(`/api/teach/film?which=baseline&run=${led.length}`, { cookie: teacher }));
  }
  await new Promise((wake) => setTimeout(wake, 5));
}
const answers = await Promise.all(asked);
const seconds = (performance.now() - begun) / 1000;
const teachers = await Promise.all(led);
console.log(`${answers.length} requests of ${STUDENTS} students in ${seconds.toFixed(1)} s: ${(answers.length / seconds).toFixed(0)} a second, each with an open event stream; runs are made at the same time`);
row('students', answers);
row('the teacher asks for a run', teachers);
console.log(`the teacher's page was told ${watching.events} times; longest silence ${watching.longest.toFixed(0)} ms`);
// A vote outside a round is refused as such (409), which is an answer.
check('every request is answered', answers.every((one) => one.status === 200 || one.status === 409), JSON.stringify(answers.find((one) => ![200, 409].includes(one.status))));
// Figures depend on what else the machine does; a server that gives way under the load would miss these by far.
check('requests are answered at the rate of a large class', answers.length / seconds >= 0.9 * STUDENTS * PER_SECOND, answers.length / seconds);
check('the teacher is never blocked', teachers.every((one) => one.status === 200 && one.ms < 3000) && watching.longest < 4000, `${Math.max(...teachers.map((one) => one.ms))} ${watching.longest}`);
check('every student hears', streams.every((one) => one.events >= 1));

// Slow and vanished clients: heads that never end, connections that say nothing. They are closed, and others go on.
const net = await import('node:net');
const slow = await Promise.all(Array.from({ length: 50 }, () => new Promise((resolve) => {
  const socket = net.connect(port, hostname, () => socket.write('GET / HTTP/1.1\r\nHost: '));
  const opened = performance.now();
  socket.on('error', () => {});
  socket.on('close', () => resolve(performance.now() - opened));
  setTimeout(() => { socket.destroy(); resolve(Infinity); }, 15000);
})));
check('slow clients are closed', slow.every((ms) => ms < 14000), Math.max(...slow));
check('the server goes on', (await ask('/teach', { cookie: teacher })).status === 200);
streams.forEach((one) => one.stop());
watching.stop();
agent.destroy();
await server.stop();
finish();
