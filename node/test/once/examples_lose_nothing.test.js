'use strict';
// The examples that say what becomes of each datagram: the numbers add up.
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { after, test } = require('node:test');
const dgram = require('../..');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-'));
after(() => fs.rmSync(folder, { recursive: true }));
const options = {
  timeout: 60000,
  skip: process.platform === 'linux' ? false : 'the counts of the kernel are Linux\'s',
};
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

function start(name, ...args) {
  const child = spawn(process.execPath, [
    path.join(__dirname, '..', '..', 'examples', name), ...args.map(String),
  ], { stdio: ['pipe', 'pipe', 'inherit'], timeout: 60000 });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, next: async () => (await lines.next()).value };
}

async function bound(type, to, onMessage) {
  const socket = dgram.createSocket(type, onMessage);
  socket.bind(to);
  await once(socket, 'listening');
  return socket;
}

// ---- relay.mjs -----------------------------------------------------------------------

// Nothing coalesces, so that the kernel counts each datagram that it drops.
function sender(port) {
  const socket = dgram.createSocket({ type: 'udp4', offload: 'off' });
  const list = new Array(500).fill(Buffer.alloc(300));
  let count = 0;
  return {
    socket,
    count: () => count,
    async burst() {
      count += list.length;
      const err = await new Promise((done) => socket.sendMany(list, port, '127.0.0.1', done));
      assert.ifError(err);
    },
    // A text that comes after everything that was sent before.
    mark() {
      const text = `mark ${++count}`;
      socket.send(text, port, '127.0.0.1');
      return text;
    },
  };
}

// Sends marks until the latest one has arrived: nothing is underway then.
async function settle(sending, reader) {
  let last;
  const arrived = new Promise((done) => {
    reader.on('message', (msg) => {
      if (`${msg}` === last) done();
    });
  });
  const timer = setInterval(() => last = sending.mark(), 200);
  last = sending.mark();
  await arrived;
  clearInterval(timer);
}

test('the relay loses nothing at full load', options, async () => {
  let arrived = 0;
  const where = path.join(folder, 'reader');
  const reader = await bound('unix_dgram', where, () => arrived++);
  const { child, next } = start('relay.mjs', 0, where);
  const port = +/^listening on port (\d+)$/.exec(await next())[1];
  const sending = sender(port);
  for (let i = 0; i < 20; i++) await sending.burst();
  reader.pause(); // hangs: the relay must pause, too
  for (let i = 0; i < 40; i++) await sending.burst();
  reader.resume();
  for (let i = 0; i < 20; i++) {
    await sending.burst();
    await sleep(5);
  }
  await settle(sending, reader);
  child.kill('SIGTERM');
  const { received, passedOn, refused, dropped } = JSON.parse(await next());
  assert.strictEqual(received + dropped, sending.count());
  assert.strictEqual(passedOn, received);
  assert.strictEqual(refused, 0);
  while (arrived < passedOn) await sleep(1);
  assert.strictEqual(arrived, passedOn);
  assert.ok(dropped > 0 && received > 1000, `${received} received, ${dropped} dropped`);
  for (const socket of [sending.socket, reader]) socket.close();
});

// ---- statsd_client.mjs ---------------------------------------------------------------

// A server that adds the counts up.
function serverOf(type, to, totals) {
  return bound(type, to, (msg) => {
    for (const line of `${msg}`.split('\n')) {
      const [, name, count] = /^(.*):(\d+)\|c$/.exec(line);
      totals[name] = (totals[name] ?? 0) + Number(count);
    }
  });
}

async function close(server) {
  server.close();
  await once(server, 'close');
}

// Closes the server when it has read everything: what it had received is lost with it.
async function stop(server, child, where) {
  child.kill('SIGSTOP');
  while (!/\) T /.test(fs.readFileSync(`/proc/${child.pid}/stat`, 'latin1'))) await sleep(1);
  const client = dgram.createSocket('unix_dgram');
  const last = new Promise((done) => {
    server.on('message', (msg) => {
      if (`${msg}` === 'last:0|c') done();
    });
  });
  client.send('last:0|c', where);
  await last;
  await close(server);
  client.close();
  child.kill('SIGCONT');
}

test('over a Unix socket the StatsD client loses nothing in a restart', options, async () => {
  const where = path.join(folder, 'statsd');
  const totals = {};
  const { child } = start('statsd_client.mjs', where);
  const ended = once(child, 'exit');
  const names = Array.from({ length: 300 }, (value, i) => `some.name.${i}`);
  const count = async (rounds) => {
    for (let i = 0; i < rounds; i++) {
      child.stdin.write(`${names.join('\n')}\n`);
      await sleep(100);
    }
  };
  await count(15); // there is no server yet
  let server = await serverOf('unix_dgram', where, totals);
  await count(15);
  await stop(server, child, where);
  await count(15);
  server = await serverOf('unix_dgram', where, totals);
  await count(5);
  child.stdin.end();
  assert.deepStrictEqual(await ended, [0, null]);
  while (names.some((name) => totals[name] !== 50)) await sleep(1);
  await close(server);
});

test('over UDP the StatsD client goes on after a restart', options, async () => {
  const totals = {};
  let server = await serverOf('udp4', { port: 0, address: '127.0.0.1' }, totals);
  const to = server.address();
  const { child } = start('statsd_client.mjs', to.port);
  const ended = once(child, 'exit');
  child.stdin.write('a\nb\na\n');
  while (totals.a !== 2 || totals.b !== 1) await sleep(1);
  await close(server);
  child.stdin.write('lost\n');
  await sleep(2500); // some periods
  server = await serverOf('udp4', to, totals);
  child.stdin.write('a\n');
  while (totals.a !== 3) await sleep(1);
  child.stdin.end('last\n');
  assert.deepStrictEqual(await ended, [0, null]);
  while (totals.last !== 1) await sleep(1);
  await close(server);
});
