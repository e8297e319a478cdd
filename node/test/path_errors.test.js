'use strict';
// createSocket({ pathErrors: true }): ICMP errors about sent datagrams are 'pathError'
// events, and no send fails with one.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const { once } = require('node:events');
const os = require('node:os');
const path = require('node:path');
const { Worker } = require('node:worker_threads');
const dgram = require('..');
const test = require('./lib/needs_native')('ICMP errors');

const skip = process.platform === 'linux' ? false : 'this system has no error queue';
const hasIPv6 = Object.values(os.networkInterfaces()).flat()
  .some(({ address }) => address === '::1');

// Two ports: of the socket, and one that is closed.
async function open(options, host) {
  const socket = dgram.createSocket(options);
  socket.on('error', (err) => assert.fail(err));
  socket.bind(0, host);
  await once(socket, 'listening');
  const other = dgram.createSocket(options.type);
  other.bind(0, host);
  await once(other, 'listening');
  const { port } = other.address();
  other.close();
  return { socket, port };
}

const send = (socket, ...to) => new Promise((resolve, reject) => {
  socket.send('x', ...to, (err, bytes) => (err ? reject(err) : resolve(bytes)));
});

for (const [type, host, icmp] of [['udp4', '127.0.0.1', 3], ['udp6', '::1', 1]]) {
  const why = skip || (host === '::1' && !hasIPv6 && 'no ::1');

  test(`a closed port is reported, ${type}`, { skip: why }, async () => {
    const { socket, port } = await open({ type, pathErrors: true }, host);
    const reported = once(socket, 'pathError');
    assert.strictEqual(await send(socket, port, host), 1);
    const [err] = await reported;
    assert.ok(err instanceof Error);
    assert.strictEqual(err.message, `send ECONNREFUSED ${host}:${port}`);
    assert.deepStrictEqual({ ...err }, {
      errno: -os.constants.errno.ECONNREFUSED, code: 'ECONNREFUSED', syscall: 'send',
      address: host, port, reporter: host, icmpType: icmp, icmpCode: icmp === 3 ? 3 : 4,
    });
    assert.strictEqual('mtu' in err, false);
    for (let i = 0; i < 20; i++)
      assert.strictEqual(await send(socket, port, host), 1);
    socket.close();
  });

  test(`of a connected socket, too, ${type}`, { skip: why }, async () => {
    const { socket, port } = await open({ type, pathErrors: true }, host);
    socket.connect(port, host);
    await once(socket, 'connect');
    for (let i = 0; i < 20; i++) {
      const reported = once(socket, 'pathError');
      assert.strictEqual(await send(socket), 1);
      const [err] = await reported;
      assert.strictEqual(err.code, 'ECONNREFUSED');
      assert.strictEqual(err.port, port);
    }
    socket.close();
  });
}

test('without the option there is no event', { skip }, async () => {
  for (const pathErrors of [undefined, false, 0]) {
    const { socket, port } = await open({ type: 'udp4', pathErrors }, '127.0.0.1');
    socket.on('pathError', (err) => assert.fail(err));
    await send(socket, port, '127.0.0.1');
    const echo = once(socket, 'message');
    await send(socket, socket.address().port, '127.0.0.1');
    await echo;
    socket.close();
  }
});

test('a listener may close the socket', { skip }, async () => {
  const { socket, port } = await open({ type: 'udp4', pathErrors: true }, '127.0.0.1');
  let calls = 0;
  socket.on('pathError', () => {
    calls++;
    socket.close();
  });
  for (let i = 0; i < 5; i++) socket.send('x', port, '127.0.0.1');
  await once(socket, 'close');
  assert.strictEqual(calls, 1);
});

test('an exception of a listener is uncaught, and nothing is lost', { skip }, async () => {
  const { socket, port } = await open({ type: 'udp4', pathErrors: true }, '127.0.0.1');
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  const uncaught = once(process, 'uncaughtException');
  socket.once('pathError', () => {
    throw new Error('of the listener');
  });
  const echo = once(socket, 'message');
  await send(socket, port, '127.0.0.1');
  assert.strictEqual((await uncaught)[0].message, 'of the listener');
  for (const listener of listeners) process.on('uncaughtException', listener);
  await send(socket, socket.address().port, '127.0.0.1');
  await echo;
  socket.close();
});

test('in a worker thread', { skip }, async () => {
  const worker = new Worker(`
    const { parentPort, workerData } = require('node:worker_threads');
    const dgram = require(workerData);
    const socket = dgram.createSocket({ type: 'udp4', pathErrors: true });
    socket.on('pathError', (err) => {
      parentPort.postMessage(err.code);
      socket.close();
    });
    socket.send('x', 9, '127.0.0.1');
  `, { eval: true, workerData: require.resolve('..') });
  const exited = once(worker, 'exit');
  assert.deepStrictEqual(await once(worker, 'message'), ['ECONNREFUSED']);
  await exited;
});

test('in a worker of a cluster', { skip }, () => {
  const program = path.join(__dirname, 'lib', 'cluster_options.js');
  assert.strictEqual(
    execFileSync(process.execPath, [program], { encoding: 'utf8', timeout: 20000 }),
    'ECONNREFUSED 8 239.7.7.7 1\n');
});
