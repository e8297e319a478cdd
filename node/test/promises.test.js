'use strict';
// libdgram/promises
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test: unbounded } = require('node:test');
const dgram = require('..');
const { createSocket, PromiseSocket } = require('../lib/promises');
const { names, own, sendMany, settle } = require('./lib/flow');
const testNative = require('./lib/needs_native')('Unix sockets');

const test = (name, ...how) => {
  const run = how.pop();
  return unbounded(name, { timeout: 120000, ...how[0] }, run);
};

async function open(options) {
  const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 21, ...options });
  await socket.bind(0, own);
  return socket;
}

test('bind() resolves with the address', async () => {
  const socket = createSocket('udp4');
  const address = await socket.bind(0, own);
  assert.deepStrictEqual(address, socket.address());
  assert.strictEqual(address.address, own);
  assert.deepStrictEqual(socket.socket.eventNames().sort(), ['close', 'error']);
  await socket.close();
});

test('bind() is rejected, and can be called again', async () => {
  const other = await open();
  const socket = createSocket('udp4');
  await assert.rejects(socket.bind(other.address().port, own), { code: 'EADDRINUSE' });
  await assert.rejects(socket.bind({ port: 0, address: '192.0.2.1' }),
                       { code: 'EADDRNOTAVAIL' });
  assert.strictEqual((await socket.bind({ port: 0, address: own })).address, own);
  await assert.rejects(socket.bind(0), { code: 'ERR_SOCKET_ALREADY_BOUND' });
  await socket.close();
  await other.close();
});

test('sends resolve with the number of bytes', async () => {
  const server = await open({ recvInfo: true });
  const client = createSocket('udp4');
  const { port } = server.address();
  assert.strictEqual(await client.send('hello', port, own), 5);
  assert.strictEqual(await client.send(Buffer.from('hello'), 1, 2, port, own), 2);
  assert.strictEqual(await client.send(['a', 'bc'], port), 3);
  assert.strictEqual(await client.sendMany(['a', 'bc'], port, own), 3);
  assert.strictEqual(await client.sendOne({ msg: 'one', port }), 3);
  const [msg, rinfo] = await server.receive();
  assert.strictEqual(`${msg}`, 'hello');
  assert.strictEqual(await server.reply(rinfo, 'answer'), 6);
  assert.strictEqual(`${(await client.receive())[0]}`, 'answer');
  await client.close();
  await server.close();
});

test('connect(), and sends to the peer', async () => {
  const server = await open();
  const client = createSocket('udp4');
  assert.strictEqual(await client.connect(server.address().port, own), undefined);
  assert.strictEqual(client.remoteAddress().port, server.address().port);
  assert.strictEqual(await client.send('hello'), 5);
  assert.strictEqual(`${(await server.receive())[0]}`, 'hello');
  await assert.rejects(client.connect(1), { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
  await client.close();
  await server.close();
});

test('sends are rejected', async () => {
  const client = await open();
  await assert.rejects(client.send('x', 0, own), { code: 'ERR_SOCKET_BAD_PORT' });
  await assert.rejects(client.send(Buffer.alloc(65508), 9, own), { code: 'EMSGSIZE' });
  await assert.rejects(client.sendMany([Buffer.alloc(65508)], 9, own),
                       { code: 'EMSGSIZE' });
  await client.close();
  await assert.rejects(client.send('x', 9, own), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

test('calls that wait for an implicit bind are rejected with it', async () => {
  const lookup = (name, family, callback) => process.nextTick(callback, new Error('down'));
  const client = createSocket({ type: 'udp4', lookup });
  const calls = [client.connect(9), client.connect(9)];
  const results = await Promise.allSettled(calls);
  assert.ok(results.every(({ status }) => status === 'rejected'));
  await client.close();
});

test('receive() loses nothing between two calls', async () => {
  const server = await open();
  await sendMany(names(100), server);
  const got = [];
  for (let i = 0; i < 100; i++) {
    got.push(`${(await server.receive())[0]}`);
    if (i === 50) await sendMany(['later'], server);
    if (i % 10 === 0) await settle();
  }
  assert.deepStrictEqual(got, names(100));
  assert.strictEqual(`${(await server.receive())[0]}`, 'later');
  await server.close();
});

test('several calls of receive() at once', async () => {
  const server = await open();
  const calls = Array.from({ length: 5 }, () => server.receive());
  await sendMany(names(7), server);
  const got = (await Promise.all(calls)).map(([msg]) => `${msg}`);
  assert.deepStrictEqual(got, names(5));
  assert.strictEqual(`${(await server.receive())[0]}`, 'number 5');
  await server.close();
});

test('receive() is aborted, and loses nothing', async () => {
  const server = await open();
  const controller = new AbortController();
  const call = server.receive({ signal: controller.signal });
  controller.abort();
  await assert.rejects(call, { name: 'AbortError' });
  await sendMany(['later'], server);
  await assert.rejects(server.receive({ signal: controller.signal }),
                       { name: 'AbortError' });
  assert.strictEqual(`${(await server.receive())[0]}`, 'later');
  await server.close();
});

test('the close rejects calls that wait', async () => {
  const server = await open();
  const call = server.receive();
  const send = server.send('x', 9, own); // close() drops it, and its callback
  await Promise.all([
    server.close(), server.close(),
    assert.rejects(call, { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' }),
    assert.rejects(send, { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' }),
  ]);
  await server.close();
  await assert.rejects(server.receive(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
  await assert.rejects(server.bind(0), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

test('send() to the peer is rejected with an address, and takes undefined', async () => {
  const server = await open();
  const client = createSocket('udp4');
  const { port } = server.address();
  await client.connect(port, own);
  for (const to of [[port], [port, own]])
    await assert.rejects(client.send('x', ...to), { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
  assert.strictEqual(await client.send('hello', undefined, undefined), 5);
  assert.strictEqual(await client.send('hello', 1, 2), 2);
  await client.close();
  await server.close();
});

test('close() may be called twice while a bind is in progress', async () => {
  const socket = createSocket('udp4');
  const send = socket.send('x', 9, own); // it waits for the bind
  await Promise.all([socket.close(), socket.close(),
                     assert.rejects(send, { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' })]);
});

test('close() closes a socket whose bind fails', async () => {
  const other = await open();
  const socket = createSocket('udp4');
  const bind = socket.bind(other.address().port, own);
  const send = socket.send('x', 9, own);
  const closed = socket.close();
  await assert.rejects(bind, { code: 'EADDRINUSE' });
  await assert.rejects(send, { code: 'EADDRINUSE' });
  await closed;
  await other.close();
});

test('so does a close by a signal', async () => {
  const controller = new AbortController();
  const server = await open({ signal: controller.signal });
  const call = server.receive();
  controller.abort();
  await assert.rejects(call, { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
  await server.close();
});

test('a loop', async () => {
  const server = await open();
  await sendMany(names(100), server);
  const got = [];
  for await (const [msg] of server)
    if (got.push(`${msg}`) === 40) break;
  for await (const [msg] of server.iterate({ highWaterMark: 1 })) {
    got.push(`${msg}`);
    if (got.length === 100) server.close();
  }
  assert.deepStrictEqual(got, names(100));
});

test("an 'error' is thrown by the next call that receives", async () => {
  const server = await open();
  server.socket.emit('error', new Error('one'));
  server.socket.emit('error', new Error('another'));
  await assert.rejects(server.receive(), { message: 'one' });
  const call = server.receive();
  server.socket.emit('error', new Error('two'));
  await assert.rejects(call, { message: 'two' });
  server.socket.emit('error', new Error('three'));
  await assert.rejects(async () => {
    for await (const [msg] of server) assert.fail(`${msg}`);
  }, { message: 'three' });
  await sendMany(['x'], server);
  assert.strictEqual(`${(await server.receive())[0]}`, 'x');
  await server.close();
});

test('it has the methods of a socket', async () => {
  const socket = await open();
  for (const name of Object.getOwnPropertyNames(dgram.Socket.prototype))
    if (!name.startsWith('_')) assert.ok(name in PromiseSocket.prototype, name);
  assert.strictEqual(socket.unref().ref(), socket);
  assert.strictEqual(socket.setTTL(5), 5);
  assert.strictEqual(socket.getStats().datagramsSent, 0);
  assert.ok(socket.socket instanceof dgram.Socket);
  await socket[Symbol.asyncDispose]?.();
  assert.throws(() => socket.address(), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

testNative('Unix sockets', { skip: process.platform !== 'linux' }, async () => {
  const server = createSocket('unix_dgram');
  const client = createSocket({ type: 'unix_dgram' });
  const { address } = await server.bind();
  await client.bind();
  await client.connect(address);
  assert.strictEqual(await client.send('ask'), 3);
  const [msg, rinfo] = await server.receive();
  await server.reply(rinfo, `${msg} and answer`);
  for await (const [answer] of client) {
    assert.strictEqual(`${answer}`, 'ask and answer');
    break;
  }
  const writer = server.writable().getWriter();
  await writer.write({ msg: 'by a stream', path: client.address().address });
  assert.strictEqual(`${(await client.receive())[0]}`, 'by a stream');
  await client.close();
  await assert.rejects(writer.write({ msg: 'x', path: rinfo.address }),
                       { code: 'ECONNREFUSED' });
  await server.close();
});

test('import has the same', async () => {
  const module = await import(path.join(__dirname, '..', 'lib', 'promises.mjs'));
  assert.strictEqual(module.createSocket, createSocket);
  assert.strictEqual(module.PromiseSocket, PromiseSocket);
  assert.strictEqual(module.default.createSocket, createSocket);
});

// As on a runtime without the addon.
test('it works with node:dgram', () => {
  const output = execFileSync(process.execPath, ['-e', `
    process.versions.bun = '1';
    const dgram = require(${JSON.stringify(path.join(__dirname, '..'))});
    const { createSocket } = require(${JSON.stringify(
      path.join(__dirname, '..', 'lib', 'promises.js'))});
    (async () => {
      const server = createSocket('udp4');
      const { port } = await server.bind(0, '${own}');
      const call = server.receive();
      await server.send('x', port, '${own}');
      console.log(String((await call)[0]), server.socket instanceof dgram.Socket);
      const loop = (async () => {
        for await (const [msg] of server) console.log(String(msg));
        console.log('ended');
      })();
      await server.send('y', port, '${own}');
      setTimeout(() => server.close(), 50);
      await loop;
    })();`], {
    encoding: 'utf8', timeout: 60000, env: { ...process.env, NODE_NO_WARNINGS: '1' },
  });
  assert.strictEqual(output, 'x true\ny\nended\n');
});
