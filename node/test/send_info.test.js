'use strict';
// sendOne(), sendMany() and reply(): datagrams with information of their own.
const assert = require('node:assert');
const { once } = require('node:events');
const net = require('node:net');
const dgram = require('..');
const unbounded = require('./lib/needs_native')('control messages');

const test = (name, run) => unbounded(name, { timeout: 60000 }, run);

async function bound(options, address) {
  const socket = dgram.createSocket(options);
  const listening = once(socket, 'listening'); // a lookup may answer at once
  socket.bind(0, address);
  await listening;
  return socket;
}

async function using(sockets, run) {
  const open = await Promise.all(sockets);
  await run(...open, ...open.map((socket) => socket.address().port));
  for (const socket of open) socket.close();
}

const asking = { type: 'udp4', recvInfo: true };
const result = (call) => new Promise((resolve) => {
  call((err, bytes) => resolve(err ? err.code : bytes));
});

test('sendOne() sends with what the datagram says', () =>
  using([bound(asking), bound('udp4')], async (server, client, port) => {
    const message = { msg: ['a', 'bc'], port, localAddress: '127.0.0.9', interface: 'lo',
                      typeOfService: dgram.tos(46, 1), ttl: 7 };
    assert.strictEqual(await result((done) => client.sendOne(message, done)), 3);
    const [msg, rinfo] = await once(server, 'message');
    assert.strictEqual(`${msg}`, 'abc');
    assert.strictEqual(rinfo.address, '127.0.0.9');
    assert.strictEqual(dgram.tos.dscp(rinfo.typeOfService), 46);
    assert.strictEqual(dgram.tos.ecn(rinfo.typeOfService), 1);
    assert.strictEqual(rinfo.ttl, 7);
  }));

test('sends of all kinds keep their order, and their information', () =>
  using([bound(asking), bound('udp4')], async (server, client, port) => {
    const got = [];
    server.on('message', (msg, { ttl }) => got.push(`${msg}${ttl}`));
    client.setTTL(50);
    client.send('a', port);
    client.sendOne({ msg: 'b', port, ttl: 3 });
    client.sendMany([{ msg: 'c', ttl: 4 }, 'd', { msg: 'e', ttl: 5 }], port);
    client.send('f', port);
    while (got.length < 6) await once(server, 'message');
    assert.deepStrictEqual(got, ['a50', 'b3', 'c4', 'd50', 'e5', 'f50']);
  }));

for (const [name, options, host] of [
  ['a name', { lookup: (h, f, done) => setImmediate(done, null, '127.0.0.1', 4) }, 'host.example'],
  ['a block list', { sendBlockList: new net.BlockList() }, '127.0.0.1'],
  ['deferSends', { deferSends: true }, '127.0.0.1'],
]) {
  test(`information arrives with ${name}`, () =>
    using([bound(asking), bound({ type: 'udp4', ...options })],
          async (server, client, port) => {
            client.sendOne({ msg: 'x', port, address: host, ttl: 3 });
            client.sendMany([{ msg: 'y', port, address: host, ttl: 4 }]);
            const ttls = [];
            server.on('message', (msg, { ttl }) => ttls.push(ttl));
            while (ttls.length < 2) await once(server, 'message');
            assert.deepStrictEqual(ttls, [3, 4]);
          }));
}

test('a connected socket sends with information, to its peer only', () =>
  using([bound(asking), bound('udp4')], async (server, client, port) => {
    client.connect(port, '127.0.0.1');
    await once(client, 'connect');
    client.sendOne({ msg: 'x', ttl: 3 });
    client.sendMany([{ msg: 'y', ttl: 4 }, 'z']);
    const ttls = [];
    server.on('message', (msg, { ttl }) => ttls.push(ttl));
    while (ttls.length < 3) await once(server, 'message');
    assert.deepStrictEqual(ttls, [3, 4, 64]);
    assert.throws(() => client.sendOne({ msg: 'x', port }),
                  { code: 'ERR_SOCKET_DGRAM_IS_CONNECTED' });
  }));

test('what the kernel refuses is an error of the callback', () =>
  using([bound('udp4')], async (client, port) => {
    assert.strictEqual(await result((done) =>
      client.sendOne({ msg: 'x', port, interface: 'nosuch' }, done)), 'ENODEV');
    assert.ok(['EINVAL', 'ENETUNREACH', 'EADDRNOTAVAIL'].includes(await result((done) =>
      client.sendOne({ msg: 'x', port, localAddress: '203.0.113.9' }, done))));
    assert.strictEqual(await result((done) => client.sendOne({ msg: 'x', port }, done)), 1);
  }));

test('wrong arguments throw', () => {
  const client = dgram.createSocket('udp4');
  for (const [name, code, values] of [
    ['ttl', 'ERR_OUT_OF_RANGE', [0, 256, 1.5, NaN]],
    ['ttl', 'ERR_INVALID_ARG_TYPE', ['1', {}]],
    ['typeOfService', 'ERR_OUT_OF_RANGE', [-1, 256]],
    ['localAddress', 'ERR_INVALID_ARG_VALUE', ['::1', 'localhost', '']],
    ['localAddress', 'ERR_INVALID_ARG_TYPE', [1]],
    ['interface', 'ERR_OUT_OF_RANGE', [0, -1]],
    ['interface', 'ERR_INVALID_ARG_VALUE', ['']],
    ['interface', 'ERR_INVALID_ARG_TYPE', [{}]],
  ]) {
    for (const value of values) {
      const message = { msg: 'x', port: 9, [name]: value };
      const expected = { code, message: new RegExp(`message\\.${name}`) };
      assert.throws(() => client.sendOne(message), expected);
      assert.throws(() => client.sendMany([message]), expected);
    }
  }
  assert.throws(() => client.sendOne('x'), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => client.sendOne({ msg: 'x' }), { code: 'ERR_SOCKET_BAD_PORT' });
  assert.throws(() => client.reply(null, 'x'), { code: 'ERR_INVALID_ARG_TYPE' });
  assert.throws(() => client.reply({ port: 9 }, 'x'), { code: 'ERR_INVALID_ARG_TYPE' });
  for (const args of [[64], [0, 4], [-1]])
    assert.throws(() => dgram.tos(...args), { code: 'ERR_OUT_OF_RANGE' });
  client.close();
  assert.throws(() => client.sendOne({ msg: 'x', port: 9 }),
                { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
});

test('reply() answers from the address that was asked', () =>
  using([bound(asking), bound('udp4')], async (server, client, port) => {
    server.on('message', (msg, rinfo) => server.reply(rinfo, `re ${msg}`));
    for (const address of ['127.0.0.2', '127.0.0.77']) {
      client.send('x', port, address);
      const [msg, rinfo] = await once(client, 'message');
      assert.strictEqual(`${msg}`, 're x');
      assert.strictEqual(rinfo.address, address);
    }
  }));

test('reply() sends to an rinfo without information', () =>
  using([bound('udp4'), bound('udp4')], async (server, client, port, own) => {
    assert.strictEqual(await result((done) =>
      server.reply({ address: '127.0.0.1', port: own }, 'x', done)), 1);
    await once(client, 'message');
  }));

test('reply() answers a multicast request from an address of this host', () =>
  using([bound(asking), bound('udp4')], async (server, client, port) => {
    server.addMembership('239.1.2.3', '127.0.0.1');
    server.on('message', (msg, rinfo) => {
      assert.strictEqual(rinfo.localAddress, '239.1.2.3');
      server.reply(rinfo, 'answer');
    });
    client.sendOne({ msg: 'x', port, address: '239.1.2.3', localAddress: '127.0.0.1' });
    const [msg, { address }] = await once(client, 'message');
    assert.strictEqual(`${msg}`, 'answer');
    assert.strictEqual(address, '127.0.0.1');
  }));

// JSON and structuredClone() lose what is under a symbol.
test('reply() answers a broadcast request with a copy of its rinfo', () =>
  using([bound(asking), bound('udp4')], async (server, client, port) => {
    const copies = {
      spread: (rinfo) => ({ ...rinfo }),
      cloned: (rinfo) => structuredClone(rinfo),
    };
    client.setBroadcast(true);
    for (const name in copies) {
      client.sendOne({ msg: 'x', port, address: '255.255.255.255', interface: 'lo',
                       localAddress: '127.0.0.1' });
      const [, rinfo] = await once(server, 'message');
      assert.strictEqual(rinfo.localAddress, '255.255.255.255');
      assert.strictEqual(await result((done) =>
        server.reply(copies[name](rinfo), name, done)), 6);
      const [msg, { address }] = await once(client, 'message');
      assert.strictEqual(`${msg}`, name);
      assert.strictEqual(address, '127.0.0.1');
    }
  }));

test('a sender that cannot be answered is an error of the callback', () =>
  using([bound('udp4'), bound('udp4')], async (server, client, port, own) => {
    const to = (rinfo) => result((done) => server.reply(rinfo, 'x', done));
    assert.strictEqual(await to({ address: '127.0.0.1', port: 0 }), 'ERR_SOCKET_BAD_PORT');
    server.connect(own, '127.0.0.1');
    await once(server, 'connect');
    assert.strictEqual(await to({ address: '127.0.0.1', port: own }), 1);
    assert.strictEqual(await to({ address: '127.0.0.1', port }),
                       'ERR_SOCKET_DGRAM_IS_CONNECTED');
  }));
