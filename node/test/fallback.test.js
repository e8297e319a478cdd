'use strict';
// The fallback: the same API over node:dgram where the addon is not used.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test: unbounded } = require('node:test');

const test = (name, run) => unbounded(name, { timeout: 60000 }, run);
const root = path.join(__dirname, '..');

// A copy of the package without a binary.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fallback-'));
after(() => fs.rmSync(folder, { recursive: true }));
fs.cpSync(path.join(root, 'lib'), path.join(folder, 'lib'), { recursive: true });
fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));

const { LIBDGRAM_FALLBACK, LIBDGRAM_REQUIRE_NATIVE, ...clean } = process.env;

function run(code, { env, flags = [], from = folder } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, '-e', code], {
    encoding: 'utf8', timeout: 60000, cwd: from, env: { ...clean, ...env },
  });
  return { status, stdout, stderr };
}

const index = (from = folder) => JSON.stringify(path.join(from, 'lib', 'index.js'));
const show = (from) => `const { native, reason } = require(${index(from)});
  console.log(native, reason);`;

test('native is false and reason says why, without a warning', () => {
  const { stdout, stderr } = run(show());
  assert.match(stdout, /^false .*binary/);
  assert.match(stdout, /npm install|libdgram-build/); // the cure
  assert.strictEqual(stderr, '');
});

test('ECMAScript modules have both names', () => {
  const { stdout } = run(`import(${JSON.stringify(path.join(folder, 'lib', 'index.mjs'))})
    .then(({ native, reason }) => console.log(native, typeof reason));`);
  assert.strictEqual(stdout, 'false string\n');
});

test('LIBDGRAM_FALLBACK=1 declines the addon', () => {
  const { stdout, stderr } = run(show(root), { from: root, env: { LIBDGRAM_FALLBACK: '1' } });
  assert.strictEqual(stdout, 'false LIBDGRAM_FALLBACK=1 is set\n');
  assert.strictEqual(stderr, '');
});

test('LIBDGRAM_REQUIRE_NATIVE=1 throws an error with the reason', () => {
  const { stdout } = run(`try { require(${index()}); } catch (err) {
    console.log(err.code, err.message); }`, { env: { LIBDGRAM_REQUIRE_NATIVE: '1' } });
  assert.match(stdout, /^ERR_LIBDGRAM_NO_BINARY libdgram: .*binary/);
});

test('the error of a binary that does not load is the cause', () => {
  const broken = path.join(folder, 'broken');
  const file = path.join(broken, 'native', 'build', 'Release', 'dgram.node');
  fs.cpSync(path.join(root, 'lib'), path.join(broken, 'lib'), { recursive: true });
  fs.copyFileSync(path.join(root, 'package.json'), path.join(broken, 'package.json'));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, 'not a binary');
  const { stdout } = run(`try { require(${index(broken)}); } catch (err) {
    console.log(err.code, err.cause.code); }`, { env: { LIBDGRAM_REQUIRE_NATIVE: '1' } });
  assert.strictEqual(stdout, 'ERR_LIBDGRAM_NO_BINARY ERR_DLOPEN_FAILED\n');
  assert.match(run(show(broken)).stdout, /^false no binary for .* can be loaded/);
});

test('a binary whose end is missing does not end the process', (t) => {
  const built = path.join(root, 'native', 'build', 'Release', 'dgram.node');
  if (process.platform !== 'linux' || !fs.existsSync(built)) {
    t.skip('there is no binary for Linux');
    return;
  }
  const cut = path.join(folder, 'cut');
  const file = path.join(cut, 'native', 'build', 'Release', 'dgram.node');
  fs.cpSync(path.join(root, 'lib'), path.join(cut, 'lib'), { recursive: true });
  fs.copyFileSync(path.join(root, 'package.json'), path.join(cut, 'package.json'));
  fs.mkdirSync(path.dirname(file), { recursive: true });
  const bytes = fs.readFileSync(built);
  for (const size of [10, 100, bytes.length >> 3, bytes.length - 1]) {
    fs.writeFileSync(file, bytes.subarray(0, size));
    assert.match(run(show(cut)).stdout, /^false no binary .*(end is missing|too short)/);
  }
  fs.writeFileSync(file, bytes);
  assert.match(run(show(cut)).stdout, /^true/);
});

const talk = `
  const socket = require('dgram').createSocket('udp4', (msg) => {
    console.log(String(msg), typeof socket.sendMany);
    socket.close();
  });
  socket.bind(0, '127.0.0.1', () =>
    socket.send('over', socket.address().port, '127.0.0.1'));`;
const register = JSON.stringify(path.join(folder, 'lib', 'register.js'));

test('register leaves node:dgram in place, with one warning', () => {
  const { stdout, stderr } = run(`require(${register});${talk}`);
  assert.strictEqual(stdout, 'over undefined\n');
  assert.strictEqual(stderr.match(/LibdgramWarning: node:dgram is not replaced/g).length, 1);
  assert.strictEqual(stderr.match(/LibdgramWarning/g).length, 1);
});

test('worker threads do not warn again', () => {
  const { stdout, stderr } = run(`const { Worker } = require('node:worker_threads');
    new Worker(${JSON.stringify(talk)}, { eval: true });`,
                                 { flags: ['--require', JSON.parse(register)] });
  assert.strictEqual(stdout, 'over undefined\n');
  assert.strictEqual(stderr.match(/LibdgramWarning/g).length, 1);
});

test('a worker thread has a fallback of its own', () => {
  const { stdout } = run(`const { Worker } = require('node:worker_threads');
    new Worker(${JSON.stringify(talk.replace("'dgram'", index()))}, { eval: true });`);
  assert.strictEqual(stdout, 'over function\n');
});

test('unix-dgram is not replaced, with one warning', () => {
  const { stdout, stderr } = run(`
    require(${JSON.stringify(path.join(folder, 'lib', 'unix_dgram_register.js'))});
    try { require('unix-dgram'); } catch (err) { console.log(err.code); }`);
  assert.strictEqual(stdout, 'MODULE_NOT_FOUND\n');
  assert.strictEqual(stderr.match(/LibdgramWarning: unix-dgram is not replaced/g).length, 1);
});

test('libdgram/unix-dgram has the UDP sockets', () => {
  const { stdout } = run(`
    const { createSocket } = require(${
  JSON.stringify(path.join(folder, 'lib', 'unix_dgram.js'))});
    createSocket('udp4').close();
    try { createSocket('unix_dgram'); } catch (err) { console.log(err.code); }`);
  assert.strictEqual(stdout, 'ENOTSUP\n');
});

// ---- What needs the kernel -----------------------------------------------------------

const dgram = require(path.join(folder, 'lib', 'index.js'));
const refused = (syscall) => ({
  code: 'ENOTSUP', syscall, message: /ENOTSUP.*: this needs the addon of libdgram \(.+\)/,
});

async function open(options) {
  const socket = dgram.createSocket({ type: 'udp4', ...options });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

test('the copy has no addon', () => {
  assert.strictEqual(dgram.native, false);
});

test('options of the kernel are refused, after their arguments were checked', async () => {
  const socket = await open();
  for (const [name, ...args] of [
    ['setTypeOfService', 4], ['getTypeOfService'], ['setDontFragment', true],
    ['getDontFragment'], ['getPathMTU', '127.0.0.1'], ['setMulticastAll', false],
    ['detach'],
  ])
    assert.throws(() => socket[name](...args), refused(name));
  assert.throws(() => socket.setTypeOfService(256), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => socket.setDontFragment('x'), { code: 'ERR_INVALID_ARG_VALUE' });
  assert.throws(() => socket.getPathMTU('x'), { code: 'ERR_INVALID_ARG_VALUE' });
  socket.close();
});

test('a Unix socket cannot be created', () => {
  assert.throws(() => dgram.createSocket('unix_dgram'), refused('socket'));
  assert.throws(() => dgram.createSocket({ type: 'unix_dgram', pooled: true }),
                refused('socket'));
});

for (const [name, options, where] of [
  ['device', {}, { device: 'lo' }],
  ['pathErrors', { pathErrors: true }],
  ['steering', { reusePort: true, steering: 'cpu', steeringSockets: 2 }],
]) {
  test(`a bind with ${name} fails`, async () => {
    const socket = dgram.createSocket({ type: 'udp4', ...options });
    socket.bind({ port: 0, address: '127.0.0.1', ...where });
    const [err] = await once(socket, 'error');
    assert.throws(() => {
      throw err;
    }, refused('bind'));
    socket.close();
  });
}

test('a datagram with information of its own fails', async () => {
  const socket = await open();
  const message = { msg: 'x', port: 9, address: '127.0.0.1' };
  for (const info of [{ ttl: 1 }, { typeOfService: 4 }, { localAddress: '127.0.0.1' },
                      { interface: 'lo' }]) {
    const err = await new Promise((resolve) =>
      socket.sendOne({ ...message, ...info }, resolve));
    assert.throws(() => {
      throw err;
    }, refused('send'));
    const many = await new Promise((resolve) =>
      socket.sendMany([{ ...message, ...info }, message], (...args) => resolve(args)));
    assert.strictEqual(many[0].code, 'ENOTSUP');
    assert.strictEqual(many[1], 1);
  }
  socket.close();
});

test('hints are accepted, and recvInfo adds nothing', async () => {
  const socket = await open({
    pooled: true, deferSends: true, offload: 'on', segmentsMax: 4, busyPoll: 50,
    recvInfo: true,
  });
  const received = once(socket, 'message');
  socket.send('x', socket.address().port, '127.0.0.1');
  const [, rinfo] = await received;
  assert.deepStrictEqual(Object.keys(rinfo).sort(), ['address', 'family', 'port', 'size']);
  const answer = once(socket, 'message');
  socket.reply(rinfo, 'y');
  assert.strictEqual(String((await answer)[0]), 'y');
  socket.close();
});

// ---- What JavaScript does ------------------------------------------------------------

test('messages has the datagrams of a wake-up, before message', async () => {
  const socket = await open();
  const events = [];
  socket.on('messages', (list) => events.push(list.map(({ msg }) => String(msg))));
  socket.on('message', (msg) => events.push(String(msg)));
  await new Promise((resolve) =>
    socket.sendMany(['a', 'b', 'c'], socket.address().port, resolve));
  while (events.length < 4) await once(socket, 'message');
  assert.deepStrictEqual(events, [['a', 'b', 'c'], 'a', 'b', 'c']);
  socket.close();
});

test('a paused socket leaves datagrams in the kernel', async () => {
  const socket = await open();
  const got = [];
  socket.on('message', (msg) => got.push(String(msg)));
  socket.pause();
  for (const text of ['a', 'b'])
    await new Promise((resolve) => socket.send(text, socket.address().port, resolve));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepStrictEqual(got, []);
  assert.strictEqual(socket.getStats().datagramsReceived, 0);
  socket.resume();
  while (got.length < 2) await once(socket, 'message');
  assert.deepStrictEqual(got, ['a', 'b']);
  socket.close();
});

test('getStats() counts what JavaScript sees', async () => {
  const socket = await open();
  const received = once(socket, 'message');
  await new Promise((resolve) => socket.send('four', socket.address().port, resolve));
  await received;
  const { datagramsReceived, bytesReceived, datagramsSent, bytesSent, sendCalls,
          receiveDrops } = socket.getStats();
  assert.deepStrictEqual(
    [datagramsReceived, bytesReceived, datagramsSent, bytesSent, sendCalls, receiveDrops],
    [1, 4, 1, 4, 1, undefined]);
  socket.close();
});

test('a subscriber of the channel sees one socket', () => {
  const diagnostics = require('node:diagnostics_channel');
  const seen = [];
  const see = ({ socket }) => seen.push(socket);
  diagnostics.subscribe('udp.socket', see);
  const socket = dgram.createSocket('udp4');
  diagnostics.unsubscribe('udp.socket', see);
  assert.deepStrictEqual(seen, [socket]);
  socket.close();
});
