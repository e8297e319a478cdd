'use strict';
// pause() and resume(): what a paused socket receives is emitted later, in order.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { once } = require('node:events');
const { BlockList } = require('node:net');
const path = require('node:path');
const { test: unbounded } = require('node:test');
const { performance } = require('node:perf_hooks');
const { setTimeout: delay } = require('node:timers/promises');
const dgram = require('..');
const { collect, names, open, own, sendMany, settle } = require('./lib/flow');
const testNative = require('./lib/needs_native')('control messages');

const test = (name, run) => unbounded(name, { timeout: 120000 }, run);
const root = path.join(__dirname, '..');

test('a paused socket emits nothing, and all of it after resume()', async () => {
  const server = await open();
  const { got, all } = collect(server);
  server.on('messages', (list) => list.length > 0 && assert.ok(!server.isPaused()));
  assert.strictEqual(server.isPaused(), false);
  assert.strictEqual(server.pause(), server);
  assert.strictEqual(server.isPaused(), true);
  await sendMany(names(300), server);
  await settle();
  assert.deepStrictEqual(got, []);
  assert.strictEqual(server.getStats().receiveCalls, 0);
  assert.strictEqual(server.resume(), server);
  assert.strictEqual(server.isPaused(), false);
  assert.deepStrictEqual(got, [], 'resume() emits nothing itself');
  assert.deepStrictEqual(await all(300), names(300));
  server.close();
});

for (const pooled of [false, true]) {
  test(`what a listener's pause() leaves waits, pooled: ${pooled}`, async () => {
    const server = await open({ pooled });
    const { got, all } = collect(server);
    server.once('message', () => server.pause());
    await sendMany(names(300), server);
    while (got.length === 0) await settle();
    await settle();
    assert.deepStrictEqual(got, names(1));
    await sendMany(['later'], server);
    server.resume();
    assert.deepStrictEqual(await all(301), [...names(300), 'later']);
    server.close();
  });
}

test('messages that waited have ArrayBuffers of their own', async () => {
  const server = await open();
  const buffers = new Set();
  server.on('message', (msg) => {
    assert.strictEqual(msg.buffer.byteLength, msg.length);
    buffers.add(msg.buffer);
    if (buffers.size === 1) server.pause();
  });
  await sendMany(names(100), server);
  while (buffers.size === 0) await settle();
  server.resume();
  while (buffers.size < 100) await settle();
  server.close();
});

testNative('rinfo is that of each message', async () => {
  const server = await open({ recvInfo: true });
  const sizes = [];
  let port;
  server.on('message', (msg, rinfo) => {
    assert.strictEqual(rinfo.size, msg.length);
    assert.strictEqual(rinfo.address, own);
    assert.strictEqual(rinfo.localAddress, own);
    assert.strictEqual(rinfo.port, port ??= rinfo.port);
    if (sizes.push(rinfo.size) === 1) server.pause();
  });
  const list = Array.from({ length: 50 }, (_, i) => Buffer.alloc(i));
  await sendMany(list, server);
  while (sizes.length === 0) await settle();
  server.resume();
  while (sizes.length < 50) await settle();
  assert.deepStrictEqual(sizes, list.map(({ length }) => length));
  server.close();
});

test("'messages' has each datagram once, and before 'message'", async () => {
  const server = await open();
  const listed = [];
  const got = [];
  server.on('messages', (list) => {
    for (const { msg } of list) listed.push(`${msg}`);
    list.length = 0; // it is the listener's
  });
  server.on('message', (msg) => {
    assert.ok(listed.includes(`${msg}`));
    if (got.push(`${msg}`) % 7 !== 0) return;
    server.pause();
    setImmediate(() => server.resume());
  });
  await sendMany(names(300), server);
  while (got.length < 300) await settle();
  assert.deepStrictEqual(got, names(300));
  assert.deepStrictEqual(listed, names(300));
  server.close();
});

test("'messages' alone", async () => {
  const server = await open();
  const { got } = collect(server);
  server.once('message', () => server.pause());
  await sendMany(names(300), server);
  while (got.length === 0) await settle();
  server.removeAllListeners('message');
  server.on('messages', (list) => list.forEach(({ msg }) => got.push(`${msg}`)));
  await sendMany(['later'], server);
  server.resume();
  while (got.at(-1) !== 'later') await settle();
  assert.strictEqual(got.length, new Set(got).size);
  server.close();
});

test('one message at a time', async () => {
  const server = await open();
  const got = [];
  let working = false;
  server.on('message', async (msg) => {
    assert.strictEqual(working, false);
    working = true;
    server.pause();
    got.push(`${msg}`);
    await new Promise(setImmediate);
    working = false;
    server.resume();
  });
  await sendMany(names(100), server);
  while (got.length < 100) await settle();
  assert.deepStrictEqual(got, names(100));
  server.close();
});

test('pause() and resume() in one listener', async () => {
  const server = await open();
  const { all } = collect(server);
  server.on('message', () => server.pause().resume());
  await sendMany(names(100), server);
  assert.deepStrictEqual(await all(100), names(100));
  server.close();
});

test('a listener that pauses may throw', async () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', `
    const dgram = require(${JSON.stringify(root)});
    const client = dgram.createSocket('udp4');
    const server = dgram.createSocket('udp4', (msg) => {
      console.log(String(msg));
      if (String(msg) === 'd') return server.close();
      server.pause();
      setImmediate(() => server.resume());
      throw new Error('in a listener');
    });
    process.on('uncaughtException', ({ message }) => console.log(message));
    server.bind(0, '${own}', () => {
      client.sendMany(['a', 'b', 'c', 'd'], server.address().port, () => client.close());
    });`], { encoding: 'utf8', timeout: 60000 });
  assert.strictEqual(status, 0, stderr);
  assert.strictEqual(stdout.replaceAll('in a listener\n', '!'), 'a\n!b\n!c\n!d\n');
});

test('before the bind, and in the listener of listening', async () => {
  const early = dgram.createSocket('udp4').pause();
  assert.strictEqual(early.isPaused(), true);
  const late = dgram.createSocket('udp4');
  late.on('listening', () => late.pause());
  for (const socket of [early, late]) {
    const { got, all } = collect(socket);
    socket.bind(0, own);
    await once(socket, 'listening');
    assert.strictEqual(socket.isPaused(), true);
    await sendMany(names(40), socket);
    await settle();
    assert.deepStrictEqual(got, []);
    socket.resume();
    assert.deepStrictEqual(await all(40), names(40));
    socket.close();
  }
});

test('it stays paused when it connects and disconnects, and can send', async () => {
  const [server, client] = [await open(), await open()];
  const { got, all } = collect(server);
  server.pause();
  server.connect(client.address().port, own);
  await once(server, 'connect');
  await new Promise((resolve) => {
    client.sendMany(['one', 'two'], server.address().port, own, resolve);
  });
  const asked = once(client, 'message');
  server.send('question');
  assert.strictEqual(`${(await asked)[0]}`, 'question');
  server.disconnect();
  await settle();
  assert.deepStrictEqual(got, []);
  server.resume();
  assert.deepStrictEqual(await all(2), ['one', 'two']);
  server.close();
  client.close();
});

test('close() drops what a paused socket has', async () => {
  const server = await open();
  const { got } = collect(server);
  server.once('message', () => server.pause());
  await sendMany(names(100), server);
  while (got.length === 0) await settle();
  server.resume().close();
  await once(server, 'close');
  await settle();
  assert.deepStrictEqual(got, names(1));
  assert.strictEqual(server.pause(), server);
  assert.strictEqual(server.resume(), server);
  assert.strictEqual(server.isPaused(), false);
});

test('an aborted signal closes a paused socket', async () => {
  const controller = new AbortController();
  const server = await open({ signal: controller.signal });
  server.pause();
  controller.abort();
  await once(server, 'close');
});

test('a block list stops senders of parked datagrams', async () => {
  const receiveBlockList = new BlockList();
  const server = await open({ receiveBlockList });
  const { got } = collect(server);
  server.once('message', () => server.pause());
  await sendMany(names(10), server);
  while (got.length === 0) await settle();
  receiveBlockList.addAddress(own);
  server.resume();
  while (server.getStats().blocked < 9) await settle();
  assert.deepStrictEqual(got, names(1));
  server.close();
});

// All sockets of a thread share the memory that they receive into.
test('many paused sockets do not keep another one from receiving', async () => {
  const paused = [];
  for (let i = 0; i < 20; i++) {
    const socket = await open();
    const messages = collect(socket);
    socket.once('message', () => socket.pause());
    await sendMany(names(100), socket);
    while (messages.got.length === 0) await settle();
    paused.push({ socket, ...messages });
  }
  const server = await open();
  const { all } = collect(server);
  await sendMany(names(100), server);
  assert.deepStrictEqual(await all(100), names(100));
  for (const { socket } of paused) socket.resume();
  for (const { socket, all: rest } of paused) {
    assert.deepStrictEqual(await rest(100), names(100));
    socket.close();
  }
  server.close();
});

test('the loop sleeps while a paused socket has datagrams', async (t) => {
  const loops = () => performance.nodeTiming.uvMetricsInfo?.loopCount;
  if (loops() === undefined) return t.skip('this Node does not count iterations');
  const server = await open();
  const { got } = collect(server);
  server.once('message', () => server.pause());
  await sendMany(names(100), server);
  while (got.length === 0) await settle();
  await sendMany(names(100), server);
  await settle();
  const before = loops();
  await delay(200);
  const count = loops() - before;
  server.close();
  assert.ok(count < 100, `${count} iterations`); // others have timers
});

const script = (body) => spawnSync(process.execPath, ['-e', `
  const socket = require(${JSON.stringify(root)}).createSocket('udp4');
  socket.bind(0, '${own}', () => { ${body} });`],
                                   { encoding: 'utf8', timeout: 60000 });

test('a paused socket keeps the process alive, unless it is unref()ed', () => {
  for (const body of ['socket.pause().unref()', 'socket.unref().pause()']) {
    const { status, stderr } = script(body);
    assert.strictEqual(status, 0, stderr);
  }
  const { stdout } = script(`
    socket.pause();
    setTimeout(() => socket.close(() => console.log('closed')), 100).unref();`);
  assert.strictEqual(stdout, 'closed\n');
});

test('the workers of a cluster receive what a paused one leaves', () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath, [path.join(__dirname, 'lib', 'paused_worker.js')],
    { encoding: 'utf8', timeout: 60000 });
  assert.strictEqual(status, 0, stderr);
  assert.strictEqual(stdout, 'all by the other\n');
});
