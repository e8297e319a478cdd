'use strict';
// detach(): another socket, of another thread for example, goes on with the descriptor.
const assert = require('node:assert');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const dgram = require('..');
const promises = require('../lib/promises');
const { collect, names, open, own, sendMany, settle } = require('./lib/flow');
const unbounded = require('./lib/needs_native')('node:dgram keeps its descriptors');

const test = (name, run, options) =>
  unbounded(name, { timeout: 120000, ...options }, run);
const newWorker = () => new Worker(path.join(__dirname, 'lib', 'adopting_worker.js'));

const adopt = (detached) => dgram.createSocket(detached).bind(detached);

test('what waits in the kernel is for the next socket', async () => {
  const first = await open();
  const { port } = first.address();
  const { got } = collect(first);
  first.pause();
  await sendMany(names(100), first);
  const detached = first.detach();
  assert.deepStrictEqual(structuredClone(detached), detached);
  assert.strictEqual(detached.type, 'udp4');
  assert.ok(detached.fd > 0);
  await once(first, 'close');
  assert.deepStrictEqual(got, []);
  const second = adopt(detached);
  assert.strictEqual(second.address().port, port);
  assert.deepStrictEqual(await collect(second).all(100), names(100));
  second.close();
});

for (const pausing of [false, true]) {
  test(`what was received is emitted before 'close', paused: ${pausing}`, async () => {
    const first = await open();
    const { got } = collect(first);
    let detached;
    let closed = false;
    first.on('close', () => { closed = true; });
    first.once('message', () => {
      if (pausing) first.pause();
      detached = first.detach();
    });
    first.on('message', () => assert.strictEqual(closed, false));
    await sendMany(names(300), first);
    await once(first, 'close');
    const second = adopt(detached);
    const rest = collect(second);
    await sendMany(['last'], second);
    while (!rest.got.includes('last')) await settle();
    assert.deepStrictEqual([...got, ...rest.got], [...names(300), 'last']);
    second.close();
  });
}

test('pause() holds the rest and \'close\' until resume()', async () => {
  const first = await open();
  const { got } = collect(first);
  let closed = false;
  let fd;
  first.on('close', () => { closed = true; });
  first.once('message', () => {
    ({ fd } = first.detach());
    first.pause();
  });
  await sendMany(names(40), first);
  await settle();
  assert.deepStrictEqual([got.length, closed], [1, false]);
  first.resume();
  await once(first, 'close');
  assert.ok(got.length > 1);
  assert.deepStrictEqual(got, names(got.length));
  fs.closeSync(fd);
});

test('a loop gets the rest, and then ends', async () => {
  const first = await open();
  const got = [];
  let fd = 0;
  await sendMany(names(300), first);
  for await (const [msg] of first) {
    got.push(`${msg}`);
    if (fd === 0) ({ fd } = first.detach());
  }
  assert.ok(got.length > 1);
  assert.deepStrictEqual(got, names(got.length));
  fs.closeSync(fd);
});

test('what no listener gets waits for the next loop', async () => {
  const socket = await open();
  const got = [];
  await sendMany(names(300), socket);
  for await (const [msg] of socket) {
    got.push(`${msg}`);
    break;
  }
  const { fd } = socket.detach();
  assert.strictEqual(socket.isPaused(), true);
  await settle();
  for await (const [msg] of socket) got.push(`${msg}`);
  assert.ok(got.length > 1);
  assert.deepStrictEqual(got, names(got.length));
  fs.closeSync(fd);
});

test('a socket of promises is detached', async () => {
  const socket = promises.createSocket('udp4');
  await socket.bind(0, own);
  const detached = socket.detach();
  await once(socket.socket, 'close');
  const next = promises.createSocket(detached);
  await next.bind(detached);
  await sendMany(['hello'], next);
  assert.strictEqual(`${(await next.receive())[0]}`, 'hello');
  await next.close();
});

test('listeners answer until \'close\'', async () => {
  const server = await open();
  const client = await open();
  const answers = collect(client);
  let fd = 0;
  let asked = 0;
  server.on('message', (msg, { port, address }) => {
    asked++;
    if (fd === 0) ({ fd } = server.detach());
    server.send(msg, port, address);
  });
  client.sendMany(names(100), server.address().port, own);
  await once(server, 'close');
  assert.ok(asked > 1);
  assert.deepStrictEqual(await answers.all(asked), names(asked));
  client.close();
  fs.closeSync(fd);
});

test('the options go along, but those that cannot be cloned', async () => {
  const socket = await open({
    recvInfo: { ttl: true }, pathErrors: true, pooled: true, offload: 'off',
    segmentsMax: 3, sendHighWaterMark: 9000, reuseAddr: true,
    lookup: (host, family, callback) => setImmediate(callback, null, own, 4),
  });
  const { fd, ...options } = socket.detach();
  assert.deepStrictEqual(options, {
    type: 'udp4', recvInfo: { ttl: true }, pathErrors: true, pooled: true, offload: 'off',
    segmentsMax: 3, sendHighWaterMark: 9000,
  });
  fs.closeSync(fd);
});

test('a peer stays', async () => {
  const peer = await open();
  const first = await open();
  first.connect(peer.address().port, own);
  await once(first, 'connect');
  const detached = first.detach();
  assert.strictEqual(detached.connected, true);
  const second = adopt(detached);
  assert.deepStrictEqual(second.remoteAddress(), peer.address());
  second.send('hello');
  const [msg] = await once(peer, 'message');
  assert.strictEqual(`${msg}`, 'hello');
  second.close();
  peer.close();
});

test('a membership stays', async () => {
  const group = '239.66.1.9';
  const first = await open();
  first.close();
  const bound = dgram.createSocket({ type: 'udp4', reuseAddr: true });
  bound.bind();
  await once(bound, 'listening');
  bound.addMembership(group, own);
  const second = adopt(bound.detach());
  const { got, all } = collect(second);
  const sender = dgram.createSocket('udp4');
  await new Promise((resolve) => sender.bind(0, own, resolve));
  sender.setMulticastInterface(own);
  sender.send('to the group', second.address().port, group);
  await all(1);
  assert.deepStrictEqual(got, ['to the group']);
  second.dropMembership(group, own);
  sender.close();
  second.close();
});

test('a socket of udp6 goes to a thread', async (t) => {
  const socket = dgram.createSocket('udp6');
  socket.bind(0, '::1');
  try {
    await once(socket, 'listening');
  } catch {
    t.skip('no IPv6');
    return;
  }
  const there = socket.address();
  const worker = newWorker();
  worker.postMessage(socket.detach());
  assert.deepStrictEqual((await once(worker, 'message'))[0], there);
  worker.postMessage('end');
  await once(worker, 'exit');
});

test('unbound and closed sockets cannot be detached', async () => {
  const unbound = dgram.createSocket('udp4');
  assert.throws(() => unbound.detach(), { code: 'EBADF', syscall: 'detach' });
  unbound.bind();
  await once(unbound, 'listening');
  fs.closeSync(unbound.detach().fd);
  assert.throws(() => unbound.detach(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
  await once(unbound, 'close');
  assert.throws(() => unbound.detach(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

test('close() drops the rest', async () => {
  const socket = await open();
  const { got } = collect(socket);
  let fd;
  socket.once('message', () => {
    ({ fd } = socket.detach());
    socket.close();
  });
  await sendMany(names(50), socket);
  await once(socket, 'close');
  assert.deepStrictEqual(got, names(1));
  fs.closeSync(fd);
});

// ---- Between threads, under load ------------------------------------------------------

// How many datagrams for the port the kernel has dropped, whoever had the socket.
function dropsOf(port) {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  const line = fs.readFileSync('/proc/net/udp', 'latin1').split('\n')
    .find((text) => text.includes(`:${hex} `));
  return Number(line.trim().split(/\s+/).pop());
}

const options = { skip: fs.existsSync('/proc/net/udp') ? false : 'no /proc/net/udp' };

async function receivesSome(worker) {
  let count;
  do {
    worker.postMessage('count');
    [count] = await once(worker, 'message');
  } while (count === 0);
}

test('no datagram is lost between threads at full speed', async () => {
  const first = await open();
  const { port } = first.address();
  const seen = [];
  first.on('message', (msg) => seen.push(msg.readUInt32LE()));
  const workers = [newWorker(), newWorker()];
  await Promise.all(workers.map((worker) => once(worker, 'online')));
  const flood = new Worker(path.join(__dirname, 'lib', 'flooding_worker.js'),
                           { workerData: port });
  while (seen.length < 5000) await once(first, 'message');
  workers[0].postMessage(first.detach());
  await Promise.all([once(workers[0], 'message'), once(first, 'close')]);
  await receivesSome(workers[0]);
  workers[0].postMessage('detach');
  const [one] = await once(workers[0], 'message');
  workers[1].postMessage(one.detached);
  await once(workers[1], 'message');
  await receivesSome(workers[1]);
  flood.postMessage('stop');
  const [sent] = await once(flood, 'message');
  let before;
  do {
    workers[1].postMessage('count');
    const [count] = await once(workers[1], 'message');
    before = seen.length + one.seen.length + count + dropsOf(port);
  } while (before < sent);
  const drops = dropsOf(port);
  workers[1].postMessage('end');
  const [two] = await once(workers[1], 'message');
  const all = [...seen, ...one.seen, ...two.seen];
  assert.ok(one.seen.length > 0 && two.seen.length > 0);
  assert.strictEqual(new Set(all).size, all.length, 'each once');
  assert.strictEqual(all.length + drops, sent);
}, options);
