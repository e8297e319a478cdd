'use strict';
// readable() and writable()
const assert = require('node:assert');
const { once } = require('node:events');
const { test: unbounded } = require('node:test');
const dgram = require('..');
const { collect, names, open, own, sendMany, settle } = require('./lib/flow');

const test = (name, run) => unbounded(name, { timeout: 120000 }, run);

async function connected(server, options) {
  const client = dgram.createSocket({ type: 'udp4', ...options });
  client.connect(server.address().port, own);
  await once(client, 'connect');
  return client;
}

test('a readable stream has [msg, rinfo], and ends at the close', async () => {
  const server = await open();
  const stream = server.readable();
  await sendMany(names(100), server);
  const got = [];
  for await (const [msg, rinfo] of stream) {
    assert.strictEqual(rinfo.size, msg.length);
    if (got.push(`${msg}`) === 100) server.close();
  }
  assert.deepStrictEqual(got, names(100));
});

test('cancel() leaves the rest to the socket', async () => {
  const server = await open();
  await sendMany(names(100), server);
  const reader = server.readable({ highWaterMark: 10 }).getReader();
  assert.strictEqual(`${(await reader.read()).value[0]}`, 'number 0');
  const waiting = [reader.read(), reader.read()];
  assert.strictEqual(`${(await waiting[1]).value[0]}`, 'number 2');
  await reader.cancel();
  assert.deepStrictEqual(server.eventNames(), []);
  const { all } = collect(server.resume());
  assert.deepStrictEqual(await all(97), names(97, 3));
  server.close();
});

test('a readable stream has the errors of the socket, and is aborted', async () => {
  const server = await open();
  const read = server.readable().getReader().read();
  server.emit('error', new Error('of the socket'));
  await assert.rejects(read, { message: 'of the socket' });
  const controller = new AbortController();
  const other = server.readable({ signal: controller.signal }).getReader().read();
  controller.abort();
  await assert.rejects(other, { name: 'AbortError' });
  server.close();
});

for (const sendHighWaterMark of [0, 1000]) {
  test(`writes to a connected socket, sendHighWaterMark: ${sendHighWaterMark}`, async () => {
    const server = await open();
    const { all } = collect(server);
    const client = await connected(server, { sendHighWaterMark });
    const writer = client.writable().getWriter();
    for (const text of names(200)) await writer.write(text);
    await writer.write(Buffer.from('a buffer'));
    await writer.write(['a ', 'list']);
    await writer.close();
    assert.deepStrictEqual(await all(202), [...names(200), 'a buffer', 'a list']);
    assert.strictEqual(client.getStats().datagramsSent, 202);
    assert.deepStrictEqual(client.eventNames(), []);
    client.close();
    server.close();
  });

  test(`writes of messages, sendHighWaterMark: ${sendHighWaterMark}`, async () => {
    const server = await open();
    const { all } = collect(server);
    const client = dgram.createSocket({ type: 'udp4', sendHighWaterMark });
    const writer = client.writable({ highWaterMark: 20 }).getWriter();
    const { port } = server.address();
    const ttl = dgram.native ? 5 : undefined;
    for (const msg of names(50)) writer.write({ msg, port, address: own, ttl });
    await writer.close();
    assert.deepStrictEqual(await all(50), names(50));
    client.close();
    server.close();
  });

  test(`an error of a datagram, sendHighWaterMark: ${sendHighWaterMark}`, async () => {
    const server = await open();
    const client = await connected(server, { sendHighWaterMark });
    const writer = client.writable().getWriter();
    writer.write(Buffer.alloc(65508)).catch(() => {});
    await assert.rejects(writer.closed, { code: 'EMSGSIZE' });
    assert.deepStrictEqual(client.eventNames(), []);
    client.close();
    server.close();
  });

  test(`a close of the socket, sendHighWaterMark: ${sendHighWaterMark}`, async () => {
    const client = await open({ sendHighWaterMark });
    const writer = client.writable().getWriter();
    const writes = names(5).map((msg) => writer.write({ msg, port: 9, address: own }));
    const ended = writer.close();
    client.close();
    const results = await Promise.allSettled([...writes, ended, writer.closed]);
    assert.strictEqual(results.at(-1).status, 'rejected');
    assert.strictEqual(results.at(-1).reason.code, 'ERR_SOCKET_DGRAM_NOT_RUNNING');
    assert.throws(() => client.writable(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
  });
}

test('a write waits until the socket takes more', async () => {
  const server = await open();
  const { port } = server.address();
  const client = await open({ sendHighWaterMark: 600 });
  const writer = client.writable().getWriter();
  for (let i = 0; i < 3; i++) client.send('other', port, own); // wait for their tick
  assert.ok(client.writableNeedDrain);
  let isDone = false;
  const write = writer.write({ msg: 'mine', port, address: own }).then(() => {
    isDone = true;
  });
  await Promise.resolve();
  assert.strictEqual(isDone, false);
  await write;
  await writer.close();
  assert.strictEqual(client.getStats().datagramsSent, 4);
  client.close();
  server.close();
});

for (const call of [(run, err) => run(err), process.nextTick]) {
  test(`a failed implicit bind is an error of the stream, ${call.name}`, async () => {
    const lookup = (name, family, callback) => call(callback, new Error('down'));
    const client = dgram.createSocket({ type: 'udp4', lookup });
    const writer = client.writable().getWriter();
    writer.write({ msg: 'x', port: 9, address: 'name' }).catch(() => {});
    await assert.rejects(writer.closed, { message: 'down' });
    assert.deepStrictEqual(client.eventNames(), []);
    client.close();
  });
}

test('a wrong message is an error of the stream', async () => {
  const client = await open();
  for (const [chunk, code] of [[null, 'ERR_INVALID_ARG_TYPE'], [5, 'ERR_INVALID_ARG_TYPE'],
                               ['x', 'ERR_SOCKET_BAD_PORT'],
                               [{ msg: 'x' }, 'ERR_SOCKET_BAD_PORT']]) {
    const writer = client.writable().getWriter();
    await assert.rejects(writer.write(chunk), { code });
  }
  client.close();
});

test('abort() leaves the socket as it was', async () => {
  const client = await open();
  const writer = client.writable().getWriter();
  await writer.abort(new Error('why'));
  assert.deepStrictEqual(client.eventNames(), []);
  client.close();
});

test('pipeTo() from one socket to another', async () => {
  const [server, relay] = [await open(), await open()];
  const { all } = collect(server);
  const client = await connected(server, { sendHighWaterMark: 2000 });
  const piped = relay.readable().pipeThrough(new TransformStream({
    transform([msg], controller) {
      controller.enqueue(msg);
    },
  })).pipeTo(client.writable());
  await sendMany(names(200), relay);
  assert.deepStrictEqual(await all(200), names(200));
  relay.close();
  await piped;
  await settle();
  client.close();
  server.close();
});
