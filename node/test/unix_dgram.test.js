'use strict';
// libdgram/unix-dgram behaves as the npm package unix-dgram: what is asserted here was
// seen with version 2.0.7 of it, unless a comment says otherwise.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { EventEmitter, once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after } = require('node:test');
const { isDeepStrictEqual } = require('node:util');
const unix = require('../lib/unix_dgram');
const unbounded = require('./lib/needs_native')('Unix sockets');

const { ECONNREFUSED, EADDRINUSE, EAGAIN, EBADF, EINVAL, EMSGSIZE, ENOENT, ENOTCONN } =
  os.constants.errno;
const test = (name, run, options) => unbounded(name, { timeout: 120000, ...options }, run);
const onLinux = { skip: process.platform === 'linux' ? false : 'the codes are Linux\'s' };
const file = path.join(__dirname, '..', 'lib', 'unix_dgram.js');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dgram-'));
after(() => fs.rmSync(folder, { recursive: true }));

let count = 0;
const newPath = () => path.join(folder, `${count++}`);
const bytes = Buffer.from('0123456789');

// A socket that logs its events.
function logging(log, ...events) {
  const socket = unix.createSocket('unix_dgram');
  for (const event of events) {
    socket.on(event, (...args) => {
      log.push([event, ...args.map((arg) => (arg instanceof Error ? factsOf(arg) : arg))]);
    });
  }
  return socket;
}

function factsOf(err) {
  return { message: err.message, ...err };
}

const failure = (syscall, number) => ({
  message: `${syscall} ${-number}`, code: -number, errno: -number, syscall,
});

function bound() {
  const where = newPath();
  const socket = unix.createSocket('unix_dgram');
  socket.bind(where);
  return { socket, where };
}

// What a call of send() or sendto() passes to its callback.
function resultOf(send) {
  let result;
  send((...args) => {
    result = args;
  });
  assert.ok(result, 'it was not called inside the call');
  assert.ok(result.length <= 1);
  return result.length === 0 ? 'sent' : factsOf(result[0]);
}

const messages = async (socket, n) => {
  const got = [];
  while (got.length < n) got.push(String((await once(socket, 'message'))[0]));
  return got;
};

test('a socket is an emitter with a descriptor and a type', () => {
  const socket = unix.createSocket('unix_dgram');
  assert.deepStrictEqual(Object.keys(unix), ['createSocket']);
  assert.ok(socket instanceof EventEmitter);
  assert.strictEqual(socket.constructor.name, 'Socket');
  assert.strictEqual(socket.type, 'unix_dgram');
  assert.ok(fs.fstatSync(socket.fd).isSocket());
  const { fd } = socket;
  socket.close();
  assert.strictEqual(socket.fd, -1);
  assert.throws(() => fs.fstatSync(fd), { code: 'EBADF' });
  assert.deepStrictEqual(Object.keys(socket.constructor.prototype), [
    'bind', 'connect', 'send', 'sendto', 'close', 'address', 'setTTL', 'setBroadcast',
    'setMulticastTTL', 'setMulticastLoopback', 'addMembership', 'dropMembership',
  ]);
});

test('other types are UDP or throw', () => {
  for (const type of ['udp4', 'udp6']) {
    const socket = unix.createSocket(type, () => {});
    assert.ok(socket instanceof require('..').Socket);
    assert.strictEqual(socket.listenerCount('message'), 1);
    socket.close();
  }
  for (const type of [undefined, null, 1, 'unix_stream', {}])
    assert.throws(() => unix.createSocket(type), { message: `Unsupported socket type: ${type}` });
});

test('calls without a meaning are not implemented', () => {
  const socket = unix.createSocket('unix_dgram');
  for (const name of ['address', 'setTTL', 'setBroadcast', 'setMulticastTTL',
                      'setMulticastLoopback', 'addMembership', 'dropMembership'])
    assert.throws(() => socket[name](1), { message: 'not implemented' });
  socket.close();
});

test('events are emitted inside the calls', () => {
  const log = [];
  const where = newPath();
  const server = logging(log, 'listening', 'error', 'close');
  const client = logging(log, 'connect', 'error', 'close');
  assert.strictEqual(server.bind(where), undefined);
  log.push('bound');
  assert.strictEqual(client.connect(where), undefined);
  log.push('connected');
  client.connect(where);
  client.close();
  server.close();
  assert.deepStrictEqual(log, [['listening'], 'bound', ['connect'], 'connected', ['connect']]);
});

test('a listener gets the bytes, and the size and the path of their sender', async () => {
  const { where, socket: client } = bound();
  const own = newPath();
  const got = new Promise((resolve) => {
    const server = unix.createSocket('unix_dgram', function(...args) {
      resolve([this === server, ...args]);
      server.close();
    });
    server.bind(own);
  });
  client.send(bytes, 0, 3, own);
  assert.deepStrictEqual(await got, [
    true, Buffer.from('012'), { size: 3, address: {}, path: where },
  ]);
  client.close();
  const { socket: server, where: to } = bound();
  const unnamed = unix.createSocket('unix_dgram');
  unnamed.send(bytes, 0, 0, to);
  assert.deepStrictEqual(await once(server, 'message'), [
    Buffer.alloc(0), { size: 0, address: {}, path: null },
  ]);
  server.close();
  unnamed.close();
});

test('send() and sendto() call back inside the call', async () => {
  const { socket: server, where } = bound();
  const client = unix.createSocket('unix_dgram');
  const got = messages(server, 7);
  const results = [
    resultOf((done) => client.send(bytes, 0, 10, where, done)),
    resultOf((done) => client.sendto(bytes, 3, 4, where, done)),
    resultOf((done) => client.send(new Uint8Array([65, 66]), 1, 1, where, done)),
    resultOf((done) => client.send(bytes, 10, 0, where, done)),
    resultOf((done) => client.send(bytes, 0, 1, Buffer.from(where), done)),
    resultOf((done) => client.send(bytes, '0', '2', where, done)),
  ];
  client.send(bytes, 1, 1, where);
  assert.deepStrictEqual(results, Array(6).fill('sent'));
  assert.deepStrictEqual(await got, ['0123456789', '3456', 'B', '', '0', '01', '1']);
  assert.throws(() => client.send(bytes, 0, 1, where, () => {
    throw new Error('in a callback');
  }), { message: 'in a callback' });
  server.close();
  client.close();
});

test('a connected socket sends the whole buffer to its peer', async () => {
  const { socket: server, where } = bound();
  const { socket: other, where: elsewhere } = bound();
  const client = unix.createSocket('unix_dgram');
  client.connect(where);
  let called = 0;
  const note = () => called++;
  const got = messages(server, 5);
  assert.strictEqual(resultOf((done) => client.send(bytes, done)), 'sent');
  client.send(bytes);
  client.send(bytes, 1, 2, note);
  client.send(bytes, 0, 3, elsewhere, note);
  client.sendto(bytes, 0, 3, elsewhere, note);
  assert.deepStrictEqual(await got, Array(5).fill('0123456789'));
  assert.strictEqual(called, 0);
  client.connect(elsewhere);
  client.send(bytes.subarray(0, 1));
  assert.deepStrictEqual(await messages(other, 1), ['0']);
  for (const socket of [server, other, client]) socket.close();
});

test('errors have negative numbers, and go to the callback or to an event', () => {
  const log = [];
  const { socket: server, where } = bound();
  const client = logging(log, 'listening', 'connect', 'error');
  const missing = newPath();
  client.bind(where);
  client.bind(path.join(folder, 'x', 'y'));
  client.connect(missing);
  client.send(bytes, 0, 1, missing);
  client.send(bytes, 0, 1, missing, {});
  client.send(bytes);
  client.send(bytes, () => log.push('called'));
  assert.deepStrictEqual(log.splice(0), [
    ['error', failure('bind', EADDRINUSE)], ['error', failure('bind', ENOENT)],
    ['error', failure('connect', ENOENT)], ...Array(4).fill(['error', failure('send', ENOENT)]),
  ]);
  const own = newPath();
  client.bind(own);
  client.bind(newPath());
  assert.deepStrictEqual(log.splice(0), [['listening'], ['error', failure('bind', EINVAL)]]);
  const failed = (syscall, number) => (send) =>
    assert.deepStrictEqual(resultOf(send), failure(syscall, number));
  failed('send', ENOENT)((done) => client.send(bytes, 0, 1, missing, done));
  failed('send', ENOENT)((done) => client.send(bytes, 0, 1, undefined, done));
  failed('send', EMSGSIZE)((done) => client.send(Buffer.alloc(1e6), 0, 1e6, where, done));
  server.close();
  failed('send', ECONNREFUSED)((done) => client.send(bytes, 0, 1, where, done));
  client.close();
  assert.deepStrictEqual(log, []);
}, onLinux);

test('without a listener for errors, the call throws', () => {
  const { socket: server, where } = bound();
  const client = unix.createSocket('unix_dgram');
  const missing = newPath();
  assert.throws(() => client.bind(where), failure('bind', EADDRINUSE));
  assert.throws(() => client.connect(missing), failure('connect', ENOENT));
  assert.throws(() => client.send(bytes, 0, 1, missing), failure('send', ENOENT));
  server.close();
  client.close();
}, onLinux);

test('close() leaves the file, which another socket cannot be bound to', () => {
  const { socket, where } = bound();
  const log = [];
  const second = logging(log, 'listening', 'error');
  assert.strictEqual(socket.close(), undefined);
  assert.ok(fs.statSync(where).isSocket());
  second.bind(where);
  fs.unlinkSync(where);
  second.bind(where);
  second.close();
  assert.deepStrictEqual(log, [['error', failure('bind', EADDRINUSE)], ['listening']]);
}, onLinux);

test('a closed socket fails with EBADF', () => {
  const log = [];
  const { socket: server, where } = bound();
  for (const connects of [false, true]) {
    const client = logging(log, 'error');
    if (connects) client.connect(where);
    client.close();
    client.close(); // the package aborts the process
    client.bind(newPath());
    client.connect(where);
    log.push(resultOf((done) =>
      (connects ? client.send(bytes, done) : client.send(bytes, 0, 1, where, done))));
    assert.deepStrictEqual(log.splice(0), [
      ['error', failure('bind', EBADF)], ['error', failure('connect', EBADF)],
      failure('send', EBADF),
    ]);
  }
  server.close();
}, onLinux);

test('what was received before close() is not emitted', async () => {
  const { socket: server, where } = bound();
  const client = unix.createSocket('unix_dgram');
  const got = [];
  server.on('message', (msg) => {
    got.push(msg.length);
    server.close();
  });
  for (let i = 1; i < 5; i++) client.send(bytes, 0, i, where);
  await once(server, 'message');
  for (let i = 0; i < 5; i++) await new Promise(setImmediate);
  assert.deepStrictEqual(got, [1]);
  client.close();
});

test('a peer that was closed is gone until the next connect()', async () => {
  const { socket: server, where } = bound();
  const log = [];
  const client = logging(log, 'connect', 'error');
  const send = () => resultOf((done) => client.send(bytes, done));
  client.connect(where);
  server.close();
  assert.deepStrictEqual(send(), failure('send', ECONNREFUSED));
  assert.deepStrictEqual(send(), failure('send', ENOTCONN));
  client.send(bytes);
  fs.unlinkSync(where);
  const next = unix.createSocket('unix_dgram');
  next.bind(where);
  assert.deepStrictEqual(send(), failure('send', ENOTCONN));
  client.connect(where);
  assert.deepStrictEqual(send(), 'sent');
  assert.deepStrictEqual(log, [['connect'], ['error', failure('send', ENOTCONN)], ['connect']]);
  assert.deepStrictEqual(await messages(next, 1), ['0123456789']);
  next.close();
  client.close();
}, onLinux);

// Sends until one does not fit, and returns what the callback or the event gets.
function fill(client, log) {
  for (;;) {
    const before = log.length;
    let refused;
    client.send(bytes, (err) => {
      refused = err;
    });
    if (refused) return factsOf(refused);
    assert.strictEqual(log.length, before);
  }
}

test("'congestion' is emitted when the peer is full, 'writable' when it is not", async () => {
  const { socket: server, where } = bound();
  const log = [];
  const client = logging(log, 'congestion', 'writable', 'error');
  client.connect(where);
  assert.deepStrictEqual(fill(client, log), { message: 'congestion', code: 1 });
  const part = bytes.subarray(1, 3);
  client.send(part);
  client.send(part);
  assert.ok(isDeepStrictEqual(log.splice(0), [['congestion', part], ['congestion', part]]));
  for (let round = 0; round < 3; round++) {
    server.once('message', () => {});
    await once(client, 'writable');
    assert.deepStrictEqual(log.splice(0), [['writable']]);
    fill(client, log);
  }
  client.close();
  server.close();
});

test('a socket that is not connected gets EAGAIN instead', async () => {
  const { socket: server, where } = bound();
  const log = [];
  const client = logging(log, 'congestion', 'writable', 'error');
  let result;
  do result = resultOf((done) => client.send(bytes, 0, 1, where, done));
  while (result === 'sent');
  assert.deepStrictEqual(result, failure('send', EAGAIN));
  client.send(bytes, 0, 1, where);
  assert.deepStrictEqual(log, [['error', failure('send', EAGAIN)]]);
  client.close();
  server.close();
}, onLinux);

test('all that is sent when the socket is writable arrives', async () => {
  const { socket: server, where } = bound();
  const client = unix.createSocket('unix_dgram');
  const got = [];
  const all = new Promise((resolve) => {
    server.on('message', (msg) => got.push(Number(msg)) === 2000 && resolve());
  });
  let next = 0;
  const send = () => {
    for (let full = false; next < 2000 && !full;)
      client.send(Buffer.from(`${next}`), (err) => (err ? full = true : next++));
  };
  client.on('writable', send);
  client.connect(where);
  send();
  await all;
  assert.deepStrictEqual(got, Array.from({ length: 2000 }, (_, i) => i));
  client.close();
  server.close();
});

// The package aborts the process.
test('wrong arguments throw', () => {
  const client = unix.createSocket('unix_dgram');
  const { socket: server, where } = bound();
  for (const connects of [false, true]) {
    if (connects) client.connect(where);
    for (const wrong of ['text', [bytes], null, undefined, 1]) {
      assert.throws(() => client.send(wrong, 0, 1, where),
                    { name: 'TypeError', code: 'ERR_INVALID_ARG_TYPE' });
    }
    if (connects) continue;
    for (const [offset, length] of [[0, 11], [11, 0], [9, 2], [-1, 2], [0, -1]]) {
      assert.throws(() => client.send(bytes, offset, length, where),
                    { name: 'RangeError', code: 'ERR_BUFFER_OUT_OF_BOUNDS' });
    }
  }
  client.close();
  server.close();
});

// The package cuts long paths, and paths with a null byte. Abstract names are all one.
test('paths that the system does not take fail', async () => {
  const log = [];
  const client = logging(log, 'error');
  client.bind('x'.repeat(200));
  client.bind('');
  client.bind();
  assert.deepStrictEqual(log.map(([, { syscall, code }]) => [syscall, code]), [
    ['bind', -os.constants.errno.ENAMETOOLONG], ['bind', -EINVAL], ['bind', -EINVAL],
  ]);
  const name = `\0libdgram-${process.pid}`;
  const server = unix.createSocket('unix_dgram');
  server.bind(name);
  client.bind(`${name}-client`);
  client.send(bytes, 0, 1, name);
  assert.strictEqual((await once(server, 'message'))[1].path, `${name}-client`);
  client.close();
  server.close();
}, onLinux);

function run(code, ...args) {
  return spawnSync(process.execPath, ['--no-warnings', ...args, '-e', `
    const unix = require(${JSON.stringify(file)});
    const socket = unix.createSocket('unix_dgram');
    ${code}`], {
    encoding: 'utf8', timeout: 60000, cwd: folder, env: { ...process.env, WHERE: newPath() },
  });
}

test('an open socket keeps the process alive', () => {
  const { stdout } = run('setTimeout(() => { console.log("alive"); process.exit(); }, 50).unref()');
  assert.strictEqual(stdout, 'alive\n');
  const { status } = run('socket.close(); setTimeout(() => process.exit(1), 30000).unref();');
  assert.strictEqual(status, 0);
});

test('a thread may end while its sockets wait for their peer', () => {
  const { status, stdout, stderr } = run(`
    const { Worker } = require('node:worker_threads');
    socket.bind(process.env.WHERE);
    const worker = new Worker(\`
      const client = require(${JSON.stringify(file)}).createSocket('unix_dgram');
      client.connect(process.env.WHERE);
      client.on('congestion', () => require('node:worker_threads').parentPort.postMessage(1));
      for (let i = 0; i < 1000; i++) client.send(Buffer.from('x'));
    \`, { eval: true });
    worker.once('message', async () => {
      await worker.terminate();
      socket.close();
      console.log('ended');
    });`);
  assert.strictEqual(stdout, 'ended\n', stderr);
  assert.strictEqual(status, 0);
});

test('the package exports it', () => {
  const modules = path.join(folder, 'node_modules');
  fs.mkdirSync(modules);
  fs.symlinkSync(path.join(__dirname, '..'), path.join(modules, 'libdgram'));
  const { stdout, stderr } = spawnSync(process.execPath, ['--no-warnings', '-e', `
    require('libdgram/unix-dgram/register');
    console.log(require('libdgram/unix-dgram') === require('unix-dgram'));`],
                                       { encoding: 'utf8', cwd: folder });
  assert.strictEqual(stdout, 'true\n', stderr);
});

test('register gives it to packages that require unix-dgram', () => {
  const register = path.join(__dirname, '..', 'lib', 'unix_dgram_register.js');
  const { stdout, stderr } = run(`
    socket.close();
    const same = require('unix-dgram') === unix;
    import('unix-dgram').then((module) => console.log(same, module.default === unix),
                              () => console.log(same, 'no hooks'));`,
                                 '--require', register);
  const expected = typeof require('node:module').registerHooks === 'function' ? true : 'no hooks';
  assert.strictEqual(stdout, `true ${expected}\n`, stderr);
});

test('register without a binary changes nothing and warns once', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', `
    process.dlopen = () => { throw new Error('no binary'); };
    require(${JSON.stringify(path.join(__dirname, '..', 'lib', 'unix_dgram_register.js'))});
    try { require('unix-dgram'); } catch (err) { console.log(err.code); }`],
                                     { encoding: 'utf8', cwd: folder });
  assert.strictEqual(stdout, 'MODULE_NOT_FOUND\n');
  assert.strictEqual(stderr.match(/LibdgramWarning/g).length, 1);
});
