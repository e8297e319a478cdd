'use strict';
// When a process or a thread ends, libdgram has sent every datagram that node:dgram
// would have sent.
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const dgram = require('node:dgram');
const { once } = require('node:events');
const path = require('node:path');
const { describe, test } = require('node:test');

const root = path.join(__dirname, '..');
const LIMIT = 120000;

// A connected socket `s`.
const connected = (code) => `
  const s = dgram.createSocket('udp4');
  s.connect(port, '127.0.0.1', () => { ${code} });`;

const abc = "s.send('a'); s.send('b'); s.send('c');";

// Two requests in one wake-up of a server `s` that answers both. The code runs in the
// listener of the second.
const answering = (code) => `
  const { execFileSync } = require('node:child_process');
  const s = dgram.createSocket('udp4');
  let count = 0;
  s.on('message', (msg) => {
    if (++count === 2) { ${code} }
    s.send(String(msg), port, '127.0.0.1');
  });
  s.bind(0, '127.0.0.1', () => execFileSync(process.execPath, ['-e', \`
    const c = require('node:dgram').createSocket('udp4');
    c.send('a', \${s.address().port}, '127.0.0.1', () =>
      c.send('b', \${s.address().port}, '127.0.0.1', () => c.close()));\`]));`;

// The program runs in a thread, which may be terminated once it has reported \`ready\`.
const inWorker = (code, ready = '') => `
  const { Worker, isMainThread, parentPort } = require('node:worker_threads');
  if (isMainThread) {
    const worker = new Worker(__filename, { argv: process.argv.slice(2) });
    worker.on('message', () => { ${ready} });
    worker.on('exit', () => process.exit());
  } else {
    ${code}
  }`;

// name, program, what arrives
const ways = [
  ["in an 'exit' listener", connected(`
    process.on('exit', () => { ${abc} }); process.exit();`), 'abc'],
  ["in an 'exit' listener at the natural end", connected(`
    process.on('exit', () => { ${abc} }); s.unref();`), 'abc'],
  ["without 'exit' listeners", connected(`
    ${abc} process.removeAllListeners('exit'); process.exit();`), 'abc'],
  ['before reallyExit()', connected(`${abc} process.reallyExit(0);`), 'abc'],
  ['before SIGKILL', connected(`
    ${abc} process.kill(process.pid, 'SIGKILL');`), 'abc'],
  ['before SIGTERM', connected(`
    ${abc} process.kill(process.pid, 'SIGTERM');`), 'abc'],
  ['before abort()', connected(`${abc} process.abort();`), 'abc'],
  ['before an uncaught exception', connected(`
    ${abc} throw new Error('uncaught');`), 'abc'],
  ["in an 'uncaughtException' listener", connected(`
    process.on('uncaughtException', () => { ${abc} process.exit(); });
    throw new Error('uncaught');`), 'abc'],
  ['before a rejection', connected(`
    ${abc} Promise.reject(new Error('unhandled'));`), 'abc'],
  ['in a send callback', connected(`
    s.send('a', () => { s.send('b'); s.send('c'); process.exit(); });`), 'abc'],
  ['in a tick', connected(`
    process.nextTick(() => { ${abc} process.exit(); });`), 'abc'],
  ['behind one to an address', `
    const s = dgram.createSocket('udp4');
    s.bind(0, '127.0.0.1', () => {
      s.send('a', port, '127.0.0.1');
      s.send('b', port, '127.0.0.1', () => process.kill(process.pid, 'SIGKILL'));
    });`, 'ab'],
  ['as an answer, exit()', answering('process.exit();'), 'a'],
  ['as an answer, SIGKILL', answering(`
    process.kill(process.pid, 'SIGKILL');`), 'a'],
  ['as an answer, abort()', answering('process.abort();'), 'a'],
  ['as an answer, uncaught', answering("throw new Error('uncaught');"), 'a'],
  ['by a thread that exits', inWorker(connected(`${abc} process.exit();`)),
   'abc'],
  ['by a thread at its end', inWorker(connected(`
    process.on('exit', () => { ${abc} }); process.exit();`)), 'abc'],
  ['by a thread that is ended', inWorker(connected(`
    ${abc} parentPort.postMessage('ready'); for (;;);`), 'worker.terminate();'),
  'abc'],
  ['by a thread of a process that exits', inWorker(connected(`
    ${abc} parentPort.postMessage('ready'); for (;;);`), 'process.exit();'),
  'abc'],
  ['by a thread that throws', inWorker(connected(`
    ${abc} throw new Error('uncaught');`)), 'abc'],
];

// Unless it ends by a signal or by abort(), deferred datagrams are sent, too.
const endsInOrder = ([name]) => !/SIG|abort/.test(name);
const deferring = (program) =>
  program.replaceAll("createSocket('udp4')",
                     "createSocket({ type: 'udp4', deferSends: true })");

async function arrivals(name, program) {
  const got = [];
  const socket = dgram.createSocket('udp4', (msg) => got.push(`${msg}`));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const file = path.join(__dirname, 'lib', 'exit_program.js');
  const child = spawn(process.execPath, [
    file, name, socket.address().port, program,
  ], { stdio: 'ignore', timeout: LIMIT });
  await once(child, 'exit');
  // It comes last, so everything that has arrived is read before it.
  const marker = dgram.createSocket('udp4');
  while (got.at(-1) !== 'marker') {
    marker.send('marker', socket.address().port, '127.0.0.1');
    await once(socket, 'message');
  }
  marker.close();
  socket.close();
  return got.filter((text) => text !== 'marker').join('');
}

describe('what is sent arrives', { concurrency: 2 }, () => {
  for (const [name, program, expected] of ways) {
    test(name, { timeout: LIMIT }, async () => {
      assert.strictEqual(await arrivals('node:dgram', program), expected);
      assert.strictEqual(await arrivals(root, program), expected);
    });
  }
  for (const [name, program, expected] of ways.filter(endsInOrder)) {
    test(`${name}, deferred`, { timeout: LIMIT }, async () => {
      assert.strictEqual(await arrivals(root, deferring(program)), expected);
    });
  }
});
