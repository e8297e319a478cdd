'use strict';
// for await (const [msg, rinfo] of socket)
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { getEventListeners, once } = require('node:events');
const { BlockList } = require('node:net');
const path = require('node:path');
const { test: unbounded } = require('node:test');
const dgram = require('..');
const { collect, names, open, own, sendMany, settle } = require('./lib/flow');
const testNative = require('./lib/needs_native')('whole wake-ups');

const test = (name, run) => unbounded(name, { timeout: 120000 }, run);
const root = path.join(__dirname, '..');

// Takes `count` texts, and leaves the loop.
async function take(iterable, count) {
  const got = [];
  for await (const [msg] of iterable)
    if (got.push(`${msg}`) === count) break;
  return got;
}

const waitFor = async (condition) => {
  while (!condition()) await settle();
};

test('it yields messages in order, and ends at the close', async () => {
  const server = await open();
  const got = [];
  const ended = (async () => {
    for await (const [msg, rinfo] of server) {
      assert.strictEqual(rinfo.address, own);
      assert.strictEqual(rinfo.size, msg.length);
      assert.strictEqual(msg.buffer.byteLength, msg.length);
      if (got.push(`${msg}`) === 300) server.close();
    }
  })();
  await sendMany(names(300), server);
  await ended;
  assert.deepStrictEqual(got, names(300));
  assert.strictEqual(server.listenerCount('error'), 0);
});

test('what was received before the close is yielded first', async () => {
  const server = await open();
  const iterator = server[Symbol.asyncIterator]();
  await sendMany(names(20), server);
  await waitFor(() => server.getStats().datagramsReceived === 20);
  server.close();
  await once(server, 'close');
  assert.deepStrictEqual(await take(iterator, 21), names(20));
  assert.deepStrictEqual(await iterator.next(), { value: undefined, done: true });
});

test('so is what the iterator had no space for', async () => {
  const server = await open();
  const iterator = server.iterate({ highWaterMark: 1 });
  await sendMany(names(100), server);
  await settle();
  const { datagramsReceived } = server.getStats();
  server.close();
  assert.deepStrictEqual(await take(iterator, 101), names(datagramsReceived));
});

test('break leaves the rest for the next iterator', async () => {
  const server = await open();
  await sendMany(names(100), server);
  assert.deepStrictEqual(await take(server, 1), names(1));
  assert.strictEqual(server.isPaused(), true);
  assert.deepStrictEqual(server.eventNames(), []);
  await sendMany(['later'], server);
  assert.deepStrictEqual(await take(server, 10), names(10, 1));
  assert.deepStrictEqual(await take(server, 90), [...names(89, 11), 'later']);
  server.close();
});

test('break leaves the rest for resume()', async () => {
  const server = await open();
  await sendMany(names(100), server);
  assert.deepStrictEqual(await take(server, 40), names(40));
  await sendMany(['later'], server);
  const { got, all } = collect(server);
  const listed = [];
  server.on('messages', (list) => list.forEach(({ msg }) => listed.push(`${msg}`)));
  await settle();
  assert.deepStrictEqual(got, []);
  server.resume();
  assert.deepStrictEqual(await all(61), [...names(60, 40), 'later']);
  assert.deepStrictEqual(listed, [...names(60, 40), 'later']);
  server.close();
});

test("a listener of 'messages' that follows one of 'message' gets the rest", async () => {
  const server = await open();
  const got = [];
  server.once('message', (msg) => {
    got.push(`${msg}`);
    server.on('messages', (list) => list.forEach((one) => got.push(`${one.msg}`)));
  });
  await sendMany(names(100), server);
  await waitFor(() => got.length >= 100);
  assert.deepStrictEqual(got, names(100));
  server.close();
});

test("break leaves the rest for a listener of 'messages' alone", async () => {
  const server = await open();
  await sendMany(names(100), server);
  assert.deepStrictEqual(await take(server, 40), names(40));
  const listed = [];
  server.on('messages', (list) => list.forEach(({ msg }) => listed.push(`${msg}`)));
  server.resume();
  await waitFor(() => listed.length >= 60);
  assert.deepStrictEqual(listed, names(60, 40));
  server.close();
});

test('a loop begins behind the message that was emitted last', async () => {
  const server = await open();
  await sendMany(names(100), server);
  const [msg] = await once(server, 'message');
  assert.deepStrictEqual([`${msg}`, ...await take(server, 99)], names(100));
  server.close();
});

test('a loop beside a listener, after a loop, repeats nothing', async () => {
  const server = await open();
  await sendMany(names(100), server);
  const first = server.iterate({ highWaterMark: 4 });
  await first.next();
  await settle();
  await first.return();
  const { all } = collect(server);
  assert.deepStrictEqual(await take(server, 99), names(99, 1));
  assert.deepStrictEqual(await all(99), names(99, 1));
  server.close();
});

testNative('a loop does not repeat what a paused listener has not got yet', async () => {
  const server = await open();
  const { got, all } = collect(server);
  const iterator = server.iterate();
  server.once('message', () => server.pause());
  await sendMany(names(10), server);
  assert.deepStrictEqual(await take(iterator, 5), names(5));
  assert.strictEqual(server.isPaused(), true);
  const next = server.iterate();
  await sendMany(['later'], server);
  assert.deepStrictEqual(await take(next, 6), [...names(5, 5), 'later']);
  assert.deepStrictEqual(await all(11), [...names(10), 'later']);
  await settle();
  assert.strictEqual(got.length, 11);
  server.close();
});

test('return() and throw() end it', async () => {
  const server = await open();
  const one = server.iterate();
  const waiting = [one.next(), one.next()];
  assert.deepStrictEqual(await one.return('x'), { value: 'x', done: true });
  for (const { done } of await Promise.all(waiting)) assert.ok(done);
  assert.ok((await one.next()).done);
  const two = server.iterate();
  await assert.rejects(two.throw(new Error('thrown in')), { message: 'thrown in' });
  assert.ok((await two.next()).done);
  assert.ok(server.isPaused());
  assert.deepStrictEqual(server.eventNames(), []);
  server.close();
});

test('many calls of next() at once', async () => {
  const server = await open();
  const iterator = server.iterate();
  const calls = Array.from({ length: 50 }, () => iterator.next());
  await sendMany(names(100), server);
  const got = (await Promise.all(calls)).map(({ value: [msg] }) => `${msg}`);
  assert.deepStrictEqual(got, names(50));
  assert.deepStrictEqual(await take(iterator, 50), names(50, 50));
  server.close();
});

test("it throws an 'error', after what was received before", async () => {
  const server = await open();
  const iterator = server.iterate();
  await sendMany(names(3), server);
  await waitFor(() => server.getStats().datagramsReceived === 3);
  server.emit('error', new Error('of the socket'));
  await sendMany(['later'], server);
  const got = [];
  await assert.rejects(async () => {
    for await (const [msg] of iterator) got.push(`${msg}`);
  }, { message: 'of the socket' });
  assert.deepStrictEqual(got, names(3));
  assert.ok((await iterator.next()).done);
  assert.strictEqual(server.listenerCount('error'), 0);
  assert.deepStrictEqual(await take(server, 1), ['later']);
  server.close();
});

test('a waiting iterator throws an error at once', async () => {
  const server = await open();
  const iterator = server.iterate();
  const calls = [iterator.next(), iterator.next()];
  server.emit('error', new Error('of the socket'));
  await assert.rejects(calls[0], { message: 'of the socket' });
  assert.ok((await calls[1]).done);
  server.close();
});

test('it throws the error of a bind', async () => {
  const server = await open();
  const socket = dgram.createSocket('udp4');
  const iterator = socket.iterate();
  socket.bind(server.address().port, own);
  await assert.rejects(iterator.next(), { code: 'EADDRINUSE' });
  socket.close();
  server.close();
});

test('a signal aborts it, and leaves what was received', async () => {
  const server = await open();
  const controller = new AbortController();
  const { signal } = controller;
  const iterator = server.iterate({ signal });
  await sendMany(names(3), server);
  await waitFor(() => server.getStats().datagramsReceived === 3);
  const reason = new Error('why');
  controller.abort(reason);
  await assert.rejects(iterator.next(),
                       { name: 'AbortError', code: 'ABORT_ERR', cause: reason });
  assert.ok((await iterator.next()).done);
  assert.deepStrictEqual(getEventListeners(signal, 'abort'), []);
  assert.deepStrictEqual(await take(server, 3), names(3));
  assert.throws(() => server.iterate({ signal }), { name: 'AbortError' });
  server.close();
});

test('a signal aborts a waiting iterator, but not one that has ended', async () => {
  const server = await open();
  const controller = new AbortController();
  const { signal } = controller;
  const first = server.iterate({ signal });
  await first.return();
  assert.deepStrictEqual(getEventListeners(signal, 'abort'), []);
  const call = server.iterate({ signal }).next();
  controller.abort();
  await assert.rejects(call, { name: 'AbortError' });
  assert.ok((await first.next()).done);
  server.close();
});

test('listeners beside it get every message, also after break', async () => {
  const server = await open();
  const { all } = collect(server);
  const listed = [];
  server.on('messages', (list) => list.forEach(({ msg }) => listed.push(`${msg}`)));
  const taken = take(server, 50);
  await sendMany(names(200), server);
  assert.deepStrictEqual(await taken, names(50));
  assert.strictEqual(server.isPaused(), false);
  await sendMany(['later'], server);
  assert.deepStrictEqual(await all(201), [...names(200), 'later']);
  assert.deepStrictEqual(listed, [...names(200), 'later']);
  server.close();
});

test('after break the rest is kept if the listeners beside it have left', async () => {
  const server = await open();
  const { got } = collect(server);
  const iterator = server.iterate();
  await sendMany(names(20), server);
  await waitFor(() => got.length === 20);
  server.removeAllListeners('message');
  assert.deepStrictEqual(await take(iterator, 5), names(5));
  assert.strictEqual(server.isPaused(), true);
  assert.deepStrictEqual(await take(server, 15), names(15, 5));
  server.close();
});

testNative('what neither it nor a paused listener has got is for the next iterator', async () => {
  const server = await open();
  const { got } = collect(server);
  const iterator = server.iterate();
  server.once('message', () => server.pause());
  await sendMany(names(20), server);
  assert.deepStrictEqual(await take(iterator, 5), names(5));
  assert.strictEqual(server.isPaused(), true);
  assert.deepStrictEqual(got, names(1));
  server.removeAllListeners('message');
  assert.deepStrictEqual(await take(server, 15), names(15, 5));
  server.close();
});

test('a listener beside it may pause', async () => {
  const server = await open();
  const got = [];
  server.on('message', (msg) => {
    got.push(`${msg}`);
    if (got.length % 10 !== 0) return;
    server.pause();
    setImmediate(() => server.resume());
  });
  const taken = take(server, 200);
  await sendMany(names(200), server);
  assert.deepStrictEqual(await taken, names(200));
  await waitFor(() => got.length === 200);
  assert.deepStrictEqual(got, names(200));
  server.close();
});

test('pooled messages of a listener and of an iterator share no bytes', async () => {
  const server = await open({ pooled: true });
  server.on('message', (msg) => msg.fill(0));
  const taken = take(server, 50);
  await sendMany(names(50), server);
  assert.deepStrictEqual(await taken, names(50));
  server.close();
});

test('several iterators get each datagram once', async () => {
  const server = await open();
  const got = [[], [], []];
  const loops = got.map(async (list) => {
    for await (const [msg] of server) {
      list.push(`${msg}`);
      await new Promise(setImmediate);
    }
  });
  await sendMany(names(90), server);
  await waitFor(() => got.flat().length === 90);
  server.close();
  await Promise.all(loops);
  for (const list of got) assert.ok(list.length > 20);
  assert.deepStrictEqual(new Set(got.flat()), new Set(names(90)));
});

test('each new iterator starts a paused socket', async () => {
  const server = await open();
  const first = server.iterate();
  server.pause();
  const second = server.iterate();
  assert.strictEqual(server.isPaused(), false);
  await second.return();
  assert.strictEqual(server.isPaused(), false);
  server.pause();
  await first.return();
  assert.strictEqual(server.isPaused(), true);
  server.close();
});

test('a slow iterator leaves datagrams in the kernel', async () => {
  const server = await open();
  const iterator = server.iterate({ highWaterMark: 100 });
  for (let i = 0; i < 20; i++) {
    await sendMany(names(100, i * 100), server);
    await settle();
  }
  assert.ok(server.getStats().datagramsReceived < 300);
  assert.strictEqual(server.isPaused(), false);
  assert.deepStrictEqual(await take(iterator, 2000), names(2000));
  server.close();
});

test('a highWaterMark of 1', async () => {
  const server = await open();
  const taken = take(server.iterate({ highWaterMark: 1 }), 200);
  await sendMany(names(200), server);
  assert.deepStrictEqual(await taken, names(200));
  server.close();
});

test('many slow iterators do not keep another socket from receiving', async () => {
  const servers = [];
  for (let i = 0; i < 20; i++) {
    const server = await open();
    servers.push({ server, iterator: server.iterate() });
    await sendMany(names(200), server);
  }
  await settle();
  const other = await open();
  const taken = take(other, 100);
  await sendMany(names(100), other);
  assert.deepStrictEqual(await taken, names(100));
  other.close();
  for (const { server, iterator } of servers) {
    assert.deepStrictEqual(await take(iterator, 200), names(200));
    server.close();
  }
});

testNative('pause() in the loop', async () => {
  const server = await open();
  const got = [];
  const ended = (async () => {
    for await (const [msg] of server) {
      if (got.push(`${msg}`) === 50) server.pause();
      if (`${msg}` === 'later') break;
    }
  })();
  await sendMany(names(100), server);
  await waitFor(() => got.length === 100);
  await sendMany(['later'], server);
  await settle();
  assert.deepStrictEqual(got, names(100));
  server.resume();
  await ended;
  assert.strictEqual(got.at(-1), 'later');
  server.close();
});

test('it takes what pause() left first, and receives again', async () => {
  const server = await open();
  const { got } = collect(server);
  server.once('message', () => server.pause());
  await sendMany(names(100), server);
  await waitFor(() => got.length > 0);
  server.removeAllListeners('message');
  await sendMany(['later'], server);
  assert.deepStrictEqual(await take(server, 100), [...names(99, 1), 'later']);
  server.close();
});

test('so do listeners beside it', async () => {
  const server = await open();
  const { got, all } = collect(server);
  server.once('message', () => server.pause());
  await sendMany(names(100), server);
  await waitFor(() => got.length > 0);
  assert.deepStrictEqual(await take(server, 99), names(99, 1));
  assert.deepStrictEqual(await all(100), names(100));
  await settle();
  assert.strictEqual(got.length, 100);
  server.close();
});

testNative('a second iterator does not get again what a listener waits for', async () => {
  const server = await open();
  await sendMany(names(100), server);
  assert.deepStrictEqual(await take(server, 1), names(1));
  const { all } = collect(server);
  const got = [];
  const iterate = async () => {
    for await (const [msg] of server) {
      got.push(`${msg}`);
      if (got.length === 5) break;
      if (`${msg}` === 'later') server.close();
    }
  };
  await iterate(); // before the listener gets any
  const ended = iterate();
  await sendMany(['later'], server);
  assert.deepStrictEqual(await all(100), [...names(99, 1), 'later']);
  await ended;
  assert.deepStrictEqual(got.slice(0, 5), names(5, 1));
  assert.strictEqual(new Set(got).size, got.length);
});

test('a block list applies', async () => {
  const receiveBlockList = new BlockList();
  receiveBlockList.addAddress(own);
  const server = await open({ receiveBlockList });
  const iterator = server.iterate();
  const call = iterator.next();
  await sendMany(names(10), server);
  await waitFor(() => server.getStats().blocked === 10);
  server.close();
  assert.ok((await call).done);
});

test('a closed socket yields nothing', async () => {
  const server = dgram.createSocket('udp4');
  server.close();
  assert.deepStrictEqual(await take(server, 1), []);
  assert.ok((await server.iterate().return()).done);
});

test('options are checked', () => {
  const socket = dgram.createSocket('udp4');
  for (const highWaterMark of ['1', null])
    assert.throws(() => socket.iterate({ highWaterMark }), { code: 'ERR_INVALID_ARG_TYPE' });
  for (const highWaterMark of [0, -1, 1.5, 2 ** 33])
    assert.throws(() => socket.iterate({ highWaterMark }), { code: 'ERR_OUT_OF_RANGE' });
  for (const signal of [null, 1, {}])
    assert.throws(() => socket.iterate({ signal }), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.deepStrictEqual(socket.eventNames(), []);
  socket.close();
});

test('it is an async iterator as the engine makes them', async () => {
  const socket = dgram.createSocket('udp4');
  const iterator = socket.iterate();
  assert.strictEqual(iterator[Symbol.asyncIterator](), iterator);
  assert.deepStrictEqual(Object.keys(iterator), []);
  await iterator.return();
  socket.close();
});

test('unref() lets the process end in a loop', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['-e', `
    const socket = require(${JSON.stringify(root)}).createSocket('udp4');
    (async () => {
      for await (const [msg] of socket) {
        console.log(String(msg));
        socket.unref();
      }
    })();
    socket.bind(0, '${own}', () => socket.send('x', socket.address().port, '${own}'));`],
  { encoding: 'utf8', timeout: 60000 });
  assert.strictEqual(status, 0, stderr);
  assert.strictEqual(stdout, 'x\n');
});

test('an exception in the loop leaves the socket as break does', async () => {
  const server = await open();
  await sendMany(names(10), server);
  await assert.rejects(async () => {
    for await (const [msg] of server) throw new Error(`${msg}`);
  }, { message: 'number 0' });
  assert.deepStrictEqual(await take(server, 9), names(9, 1));
  server.close();
});
