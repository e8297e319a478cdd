'use strict';
// createSocket('unix_dgram'): sockets whose addresses are paths.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after } = require('node:test');
const dgram = require('..');
const unbounded = require('./lib/needs_native')('Unix sockets');

const isLinux = process.platform === 'linux';
const test = (name, run, options) => unbounded(name, { timeout: 120000, ...options }, run);
const onLinux = { skip: isLinux ? false : 'abstract names are Linux\'s' };
const root = path.join(__dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dgram-'));
after(() => fs.rmSync(folder, { recursive: true }));

let count = 0;
const newPath = () => path.join(folder, `${count++}`);

async function bound(where, options) {
  const socket = dgram.createSocket({ type: 'unix_dgram', ...options });
  socket.bind(where);
  await once(socket, 'listening');
  return socket;
}

function close(...sockets) {
  for (const socket of sockets) socket.close();
}

const sent = (send) => new Promise((resolve, reject) => {
  send((err, bytes) => (err ? reject(err) : resolve(bytes)));
});

// Calls send(), and returns the next `n` messages of the socket as texts.
async function next(socket, n, send) {
  const got = [];
  const all = new Promise((resolve) => {
    socket.on('message', function onMessage(msg) {
      if (got.push(String(msg)) < n) return;
      socket.off('message', onMessage);
      resolve();
    });
  });
  send();
  await all;
  return got;
}

test('a datagram reaches a path, and its answer the sender', async () => {
  const paths = [newPath(), newPath()];
  const [server, client] = await Promise.all(paths.map((where) => bound(where)));
  server.on('message', (msg, rinfo) => server.reply(rinfo, `${msg}, too`));
  client.send('hello', paths[0]);
  const [msg, rinfo] = await once(client, 'message');
  assert.strictEqual(`${msg}`, 'hello, too');
  assert.deepStrictEqual(rinfo, { address: paths[0], family: 'unix', port: 0, size: 10 });
  close(server, client);
});

test('the forms of bind() bind', async () => {
  const forms = [
    (socket, where, done) => socket.bind(where, done),
    (socket, where, done) => socket.bind({ path: where }, done),
    (socket, where, done) => {
      assert.deepStrictEqual(socket.bindSync(where),
                             { address: where, family: 'unix', port: 0 });
      socket.once('listening', done);
    },
    (socket, where, done) => {
      socket.bindSync({ path: where });
      socket.once('listening', done);
    },
  ];
  for (const form of forms) {
    const socket = dgram.createSocket('unix_dgram');
    const where = newPath();
    await new Promise((done) => form(socket, where, done));
    assert.strictEqual(socket.address().address, where);
    assert.throws(() => socket.bind(where), { code: 'ERR_SOCKET_ALREADY_BOUND' });
    socket.close();
  }
});

test('without a path, the kernel chooses an abstract name', async () => {
  for (const args of [[], [undefined], [{}], [''], [null]]) {
    const server = dgram.createSocket('unix_dgram');
    server.bind(...args);
    await once(server, 'listening');
    const { address } = server.address();
    assert.match(address, /^@[0-9a-f]{5}$/);
    const client = dgram.createSocket('unix_dgram');
    assert.deepStrictEqual(await next(server, 1, () => client.send('x', address)), ['x']);
    close(server, client);
  }
}, onLinux);

test('an abstract name begins with @ or with a null byte', async () => {
  const name = `libdgram-test-${process.pid}`;
  for (const form of [`@${name}`, `\0${name}`]) {
    const server = await bound(form);
    assert.strictEqual(server.address().address, `@${name}`);
    const client = await bound(`${form}-client`);
    client.connect(form);
    await once(client, 'connect');
    assert.strictEqual(client.remoteAddress().address, `@${name}`);
    const answered = once(server, 'message');
    client.send('x');
    assert.strictEqual((await answered)[1].address, `@${name}-client`);
    close(server, client);
  }
}, onLinux);

test('the forms of send() send', async () => {
  const where = newPath();
  const server = await bound(where);
  const client = dgram.createSocket('unix_dgram');
  const view = new DataView(new ArrayBuffer(2));
  const got = await next(server, 10, async () => {
    client.send('a', where);
    client.send(Buffer.from('b'), where, () => {});
    client.send(['c', Buffer.from('d')], where);
    client.send('-ef-', 1, 2, where);
    client.send(Buffer.from('-g-'), 1, 1, where, () => {});
    client.send(view, where);
    client.send('', where);
    client.sendOne({ msg: 'h', path: where }, () => {});
    client.sendMany(['i'], where);
    client.sendMany([{ msg: 'j', path: where }]);
  });
  assert.deepStrictEqual(got, ['a', 'b', 'cd', 'ef', 'g', '\0\0', '', 'h', 'i', 'j']);
  close(server, client);
});

test('a connected socket sends to its peer', async () => {
  const where = newPath();
  const server = await bound(where);
  const client = dgram.createSocket('unix_dgram');
  await new Promise((done) => client.connect(where, done));
  assert.deepStrictEqual(client.remoteAddress(),
                         { address: where, family: 'unix', port: 0 });
  assert.deepStrictEqual(client.address(), { address: '', family: 'unix', port: 0 });
  const bytes = [];
  const note = (err, n) => bytes.push(err ?? n);
  const got = await next(server, 6, () => {
    client.send('a', note);
    client.send('-bc-', 1, 2, note);
    client.send('d');
    client.sendMany(['e', { msg: 'f' }]);
    client.sendOne({ msg: 'g' });
  });
  assert.deepStrictEqual(got, ['a', 'bc', 'd', 'e', 'f', 'g']);
  assert.deepStrictEqual(bytes, [1, 2]);
  for (const send of [
    () => client.send('x', where), () => client.sendMany(['x'], where),
    () => client.sendMany([{ msg: 'x', path: where }]),
    () => client.sendOne({ msg: 'x', path: where }), () => client.connect(where),
  ]) assert.throws(send, { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
  client.disconnect();
  assert.deepStrictEqual(await next(server, 1, () => client.send('h', where)), ['h']);
  client.connectSync(where);
  assert.deepStrictEqual(await next(server, 1, () => client.send('i')), ['i']);
  close(server, client);
});

test('what is sent before the bind is sent after it', async () => {
  const [where, own] = [newPath(), newPath()];
  const server = await bound(where);
  const client = dgram.createSocket('unix_dgram');
  client.bind(own);
  client.send('x', where);
  const [, { address }] = await once(server, 'message');
  assert.strictEqual(address, own);
  close(server, client);
});

test('a socket that was not bound has no address and cannot be answered', async () => {
  const where = newPath();
  const server = await bound(where);
  const client = dgram.createSocket('unix_dgram');
  client.send('x', where);
  const [, rinfo] = await once(server, 'message');
  assert.deepStrictEqual(rinfo, { address: '', family: 'unix', port: 0, size: 1 });
  await assert.rejects(sent((done) => server.reply(rinfo, 'y', done)),
                       { code: 'EDESTADDRREQ', syscall: 'send' });
  close(server, client);
});

test('an error names the path', async () => {
  const where = newPath();
  const client = dgram.createSocket('unix_dgram');
  const expected = (syscall, code, address = where) =>
    ({ code, syscall, address, message: `${syscall} ${code} ${address}` });
  await assert.rejects(sent((done) => client.send('x', where, done)),
                       expected('send', 'ENOENT'));
  await assert.rejects(sent((done) => client.sendMany(['x'], where, done)),
                       expected('send', 'ENOENT'));
  await assert.rejects(sent((done) => client.connect(where, done)),
                       expected('connect', 'ENOENT'));
  const long = path.join(folder, 'x'.repeat(200));
  await assert.rejects(sent((done) => client.send('x', long, done)),
                       expected('send', 'ENAMETOOLONG', long));
  const server = await bound(where);
  const second = dgram.createSocket('unix_dgram');
  second.bind(where);
  assert.throws(() => {
    throw second.address();
  }, { code: 'EBADF' });
  const [err] = await once(second, 'error');
  assert.strictEqual(err.message, `bind EADDRINUSE ${where}`);
  assert.throws(() => second.bindSync(path.join(where, 'x')),
                expected('bind', 'ENOTDIR', path.join(where, 'x')));
  close(client, server, second);
});

test('wrong arguments throw', () => {
  const socket = dgram.createSocket('unix_dgram');
  const type = { code: 'ERR_INVALID_ARG_TYPE' };
  const value = { code: 'ERR_INVALID_ARG_VALUE' };
  for (const wrong of [1, {}, true, Buffer.from('x')])
    assert.throws(() => socket.connect(wrong), type);
  assert.throws(() => socket.bind(1), type);
  assert.throws(() => socket.bind({ path: 1 }), type);
  assert.throws(() => socket.bind('a\0b'), value);
  for (const mode of [0, 0o1000, -1, 1.5])
    assert.throws(() => socket.bind({ path: 'x', mode }), { code: 'ERR_OUT_OF_RANGE' });
  for (const options of [{}, { path: '@x' }, { path: '\0x' }, { fd: 3 }])
    assert.throws(() => socket.bind({ mode: 0o600, ...options }), value);
  assert.throws(() => socket.bind({ path: 'x', mode: '0600' }), type);
  assert.throws(() => socket.send('x'), type);
  assert.throws(() => socket.send('x', 1, 1, '/x'), { code: 'ERR_BUFFER_OUT_OF_BOUNDS' });
  assert.throws(() => socket.send('x', ''), value);
  assert.throws(() => socket.send(1, '/x'), type);
  assert.throws(() => socket.sendMany(['x']), type);
  assert.throws(() => socket.sendMany([{ msg: 'x' }]), type);
  assert.throws(() => socket.sendMany([{ msg: 'x', path: '/x', ttl: 1 }]), { code: 'ENOTSUP' });
  assert.throws(() => socket.sendOne({ msg: 'x', path: '/x', localAddress: '::1' }),
                { code: 'ENOTSUP' });
  for (const name of ['sendBlockList', 'receiveBlockList']) {
    const options = { type: 'unix_dgram', [name]: new (require('node:net').BlockList)() };
    assert.throws(() => dgram.createSocket(options), value);
  }
  socket.close();
  assert.throws(() => socket.send('x', '/x'), { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

test('what only IP has is not supported', async () => {
  const unbound = dgram.createSocket('unix_dgram');
  const socket = await bound(newPath());
  const calls = {
    setTTL: [1], setBroadcast: [true], setMulticastTTL: [1], setMulticastLoopback: [true],
    setMulticastAll: [true], setMulticastInterface: ['127.0.0.1'],
    addMembership: ['239.1.2.3'], dropMembership: ['239.1.2.3'],
    addSourceSpecificMembership: ['127.0.0.1', '232.1.2.3'],
    dropSourceSpecificMembership: ['127.0.0.1', '232.1.2.3'],
    setTypeOfService: [1], getTypeOfService: [], setDontFragment: [true],
    getDontFragment: [], getPathMTU: ['127.0.0.1'],
  };
  for (const name in calls) {
    for (const each of [unbound, socket])
      assert.throws(() => each[name](...calls[name]), { code: 'ENOTSUP', syscall: name });
  }
  assert.deepStrictEqual(socket.getMemberships(), []);
  close(unbound, socket);
});

test('200,000 bytes arrive in one piece', async () => {
  const where = newPath();
  const bytes = Buffer.alloc(200000, 'libdgram');
  for (const options of [{}, { pooled: true }]) {
    const server = await bound(where, options);
    const client = dgram.createSocket({ type: 'unix_dgram', sendBufferSize: 212992 });
    for (const send of [
      (done) => client.send(bytes, where, done),
      (done) => client.sendMany([bytes.subarray(0, 7), bytes], where, done),
    ]) {
      const got = once(server, 'messages');
      await sent(send);
      const [list] = await got;
      assert.ok(list.at(-1).msg.equals(bytes));
      assert.strictEqual(list.at(-1).rinfo.size, bytes.length);
    }
    const received = once(server, 'message');
    await sent((done) => client.send(bytes, where, done));
    assert.ok((await received)[0].equals(bytes));
    await assert.rejects(sent((done) => client.send(Buffer.alloc(2000000), where, done)),
                         { code: 'EMSGSIZE' });
    close(server, client);
    fs.rmSync(where, { force: true });
  }
}, onLinux);

test('an IP socket still refuses what is longer than UDP allows', async () => {
  const socket = dgram.createSocket('udp4');
  await assert.rejects(sent((done) => socket.send(Buffer.alloc(65528), 9, done)),
                       { code: 'EMSGSIZE' });
  socket.close();
});

test("datagrams wait for a full queue, and others don't wait for them", async () => {
  const [where, other] = [newPath(), newPath()];
  const [server, second] = await Promise.all([bound(where), bound(other)]);
  server.pause();
  for (const connected of [false, true]) {
    const client = dgram.createSocket('unix_dgram');
    if (connected) client.connectSync(where);
    const to = connected ? [] : [where];
    let called = 0;
    const got = [];
    for (let i = 0; i < 1000; i++) {
      client.send(`${i}`, ...to, (err) => {
        assert.ifError(err);
        called++;
      });
    }
    if (!connected)
      assert.deepStrictEqual(await next(second, 1, () => client.send('x', other)), ['x']);
    else
      await new Promise(setImmediate);
    assert.ok(called < 1000, `${called}`);
    server.on('message', (msg) => got.push(Number(msg)));
    server.resume();
    while (got.length < 1000 || called < 1000) await new Promise(setImmediate);
    assert.deepStrictEqual(got, Array.from({ length: 1000 }, (_, i) => i));
    server.removeAllListeners('message');
    server.pause();
    client.close();
  }
  close(server, second);
}, onLinux);

test('bind() replaces what a socket has left, and close() removes the file', async () => {
  const where = newPath();
  const left = await bound({ path: where, keepFile: true });
  left.close();
  assert.ok(fs.statSync(where).isSocket());
  const second = dgram.createSocket('unix_dgram');
  assert.throws(() => second.bindSync({ path: where, keepFile: true }),
                { code: 'EADDRINUSE', syscall: 'bind', address: where });
  second.bindSync(where);
  assert.throws(() => dgram.createSocket('unix_dgram').bindSync(where),
                { code: 'EADDRINUSE' });
  assert.deepStrictEqual(await next(second, 1, () => second.send('x', where)), ['x']);
  second.close();
  assert.ok(!fs.existsSync(where));
  fs.writeFileSync(where, 'of somebody else');
  assert.throws(() => dgram.createSocket('unix_dgram').bindSync(where),
                { code: 'EADDRINUSE' });
  assert.strictEqual(fs.readFileSync(where, 'utf8'), 'of somebody else');
});

test('the file has the permissions of the option, or of the umask', async () => {
  const permissions = (where) => fs.statSync(where).mode & 0o777;
  for (const mode of [0o600, 0o660, 0o666]) {
    const where = newPath();
    const socket = await bound({ path: where, mode });
    assert.strictEqual(permissions(where), mode);
    socket.close();
  }
  const where = newPath();
  const socket = await bound(where);
  assert.strictEqual(permissions(where), 0o777 & ~process.umask());
  socket.close();
});

test('a connected socket survives a restart of its server', async () => {
  const where = newPath();
  const client = dgram.createSocket('unix_dgram');
  let server = await bound(where);
  client.connectSync(where);
  assert.deepStrictEqual(await next(server, 1, () => client.send('a')), ['a']);
  server.close();
  await assert.rejects(sent((done) => client.send('lost', done)),
                       { code: /^(ECONNREFUSED|ENOENT)$/, syscall: 'send' });
  fs.rmSync(where, { force: true });
  server = await bound(where);
  assert.deepStrictEqual(await next(server, 2, () => client.sendMany(['b', 'c'])),
                         ['b', 'c']);
  close(server, client);
});

test('credentials tell who sent it', async () => {
  const where = newPath();
  const server = await bound(where, { recvInfo: { credentials: true } });
  const client = dgram.createSocket('unix_dgram');
  client.send('x', where);
  const [, rinfo] = await once(server, 'message');
  assert.deepStrictEqual(rinfo, {
    address: '', family: 'unix', port: 0, size: 1, pid: process.pid,
    uid: process.getuid(), gid: process.getgid(),
  });
  const code = `require(${JSON.stringify(root)}).createSocket('unix_dgram')
    .send(String(process.pid), ${JSON.stringify(where)}, function() { process.exit(); });`;
  const got = once(server, 'message');
  assert.strictEqual(spawnSync(process.execPath, ['-e', code]).status, 0);
  const [msg, { pid }] = await got;
  assert.strictEqual(`${msg}`, `${pid}`);
  close(server, client);
}, onLinux);

test('recvInfo is for what a type can say', async () => {
  const where = newPath();
  const server = await bound(where, { recvInfo: true });
  const udp = dgram.createSocket({ type: 'udp4', recvInfo: { credentials: true } });
  const client = dgram.createSocket('unix_dgram');
  client.send('x', where);
  const [, rinfo] = await once(server, 'message');
  assert.deepStrictEqual(Object.keys(rinfo).sort(),
                         ['address', 'family', 'gid', 'pid', 'port', 'size', 'timestamp', 'uid']);
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  udp.send('x', udp.address().port, '127.0.0.1');
  const [, plain] = await once(udp, 'message');
  assert.deepStrictEqual(Object.keys(plain), ['address', 'family', 'port', 'size']);
  close(server, udp, client);
}, onLinux);

// Slabs are shared: what one socket says of its datagrams must not show in another.
test('sockets of all kinds do not mix', async () => {
  const where = newPath();
  const [plain, asking] = [await bound(where), await bound(newPath(), { recvInfo: true })];
  const udp = dgram.createSocket('udp4');
  udp.bind(0, '127.0.0.1');
  await once(udp, 'listening');
  const client = dgram.createSocket('unix_dgram');
  const kinds = new Map([[plain, new Set()], [asking, new Set()], [udp, new Set()]]);
  let left = 300;
  const all = new Promise((resolve) => {
    for (const [socket, seen] of kinds) {
      socket.on('message', (msg, rinfo) => {
        seen.add(`${rinfo.family}: ${Object.keys(rinfo).length}`);
        if (--left === 0) resolve();
      });
    }
  });
  for (let i = 0; i < 100; i++) {
    client.send('x', where);
    client.send('x', asking.address().address);
    udp.send('x', udp.address().port, '127.0.0.1');
  }
  await all;
  assert.deepStrictEqual([...kinds.values()].map((seen) => [...seen]),
                         [['unix: 4'], ['unix: 8'], ['IPv4: 4']]);
  close(plain, asking, udp, client);
}, onLinux);

// Their texts do not fit into the table of known paths.
test('many senders are told apart', async () => {
  const where = newPath();
  const server = await bound(where);
  const names = Array.from({ length: 400 }, (_, i) => path.join(folder, `client-ü${i}`));
  const clients = await Promise.all(names.map((name) => bound(name)));
  for (const event of ['message', 'messages']) {
    const got = [];
    const all = new Promise((resolve) => {
      server.on(event, (...args) => {
        const list = event === 'message' ? [{ rinfo: args[1] }] : args[0];
        got.push(...list.map(({ rinfo }) => rinfo.address));
        if (got.length === names.length) resolve();
      });
    });
    for (const client of clients) client.send('x', where);
    await all;
    assert.deepStrictEqual(got.sort(), [...names].sort());
    server.removeAllListeners();
  }
  close(server, ...clients);
});

test('an open descriptor can be bound', async () => {
  const { kState } = require('../lib/state');
  const { duplicate } = require('../lib/addon');
  const where = newPath();
  const server = await bound(where);
  const second = dgram.createSocket('unix_dgram');
  const udp = dgram.createSocket('udp4');
  const fd = duplicate(server[kState].handle.fd);
  assert.throws(() => udp.bind({ fd }), { code: 'ERR_INVALID_FD_TYPE' });
  server.close();
  second.bind({ fd });
  assert.strictEqual(second.address().address, where);
  const third = dgram.createSocket('unix_dgram');
  assert.strictEqual(third.bindSync({ fd: duplicate(fd) }).address, where);
  close(second, third, udp);
});

test('a detached socket is bound again, and nothing is lost', async () => {
  const where = newPath();
  const first = await bound(where);
  const client = dgram.createSocket('unix_dgram');
  const got = [];
  let second = null;
  const onMessage = (msg) => {
    got.push(Number(msg));
    if (got.length !== 3) return;
    const { fd, ...options } = first.detach();
    second = dgram.createSocket(options, onMessage).bind({ fd });
  };
  first.on('message', onMessage);
  const all = Array.from({ length: 100 }, (_, i) => i);
  await sent((done) => client.sendMany(all.map(String), where, done));
  while (got.length < all.length) await new Promise(setImmediate);
  // The first one still emits what it had received.
  assert.deepStrictEqual(got.sort((a, b) => a - b), all);
  assert.strictEqual(second.address().address, where);
  close(second, client);
});

test('a subclass and the constructor take the type, too', async () => {
  class Own extends dgram.Socket {}
  const where = newPath();
  const server = new Own('unix_dgram');
  const client = new dgram.Socket({ type: 'unix_dgram' });
  server.bind(where);
  assert.strictEqual(client.type, 'unix_dgram');
  assert.ok(server instanceof Own && client instanceof dgram.Socket);
  await once(server, 'listening');
  assert.deepStrictEqual(await next(server, 1, () => client.send('x', where)), ['x']);
  close(server, client);
});

test('Node cannot pass it to a child process', async () => {
  const code = `
    const { fork } = require('node:child_process');
    const socket = require(${JSON.stringify(root)}).createSocket('unix_dgram');
    if (process.send) process.on('message', () => {});
    else {
      socket.bind(() => {
        const child = fork(__filename);
        child.send('it', socket, (err) => {
          console.log(err?.code);
          process.exit(child.kill() ? 0 : 1);
        });
      });
    }`;
  const file = path.join(folder, 'pass.js');
  fs.writeFileSync(file, code);
  const { stdout } = spawnSync(process.execPath, ['--no-warnings', file],
                               { encoding: 'utf8', timeout: 60000 });
  assert.strictEqual(stdout, 'EBADF\n');
}, onLinux);

test('the workers of a cluster bind for themselves', () => {
  const code = `
    const cluster = require('node:cluster');
    const socket = require(${JSON.stringify(root)}).createSocket('unix_dgram');
    if (cluster.isPrimary) cluster.fork().on('message', (text) => {
      console.log(text);
      process.exit();
    });
    else socket.bind(process.env.WHERE, () => {
      socket.on('message', (msg) => process.send(String(msg)));
      socket.send('in a worker', process.env.WHERE);
    });`;
  const file = path.join(folder, 'cluster.js');
  fs.writeFileSync(file, code);
  const { stdout, stderr } = spawnSync(process.execPath, [file], {
    encoding: 'utf8', timeout: 60000, env: { ...process.env, WHERE: newPath() },
  });
  assert.strictEqual(stdout, 'in a worker\n', stderr);
});
