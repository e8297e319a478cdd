'use strict';
// lookupTTL: the answers of the default lookup are used again, lookups of one name at the
// same time are one, and datagrams to one name keep their order.
const assert = require('node:assert');
const { AsyncLocalStorage } = require('node:async_hooks');
const dns = require('node:dns');
const { once } = require('node:events');
const { BlockList } = require('node:net');
const { beforeEach, afterEach, test } = require('node:test');

let time = 0; // milliseconds
const { hrtime } = process;
process.hrtime = () => [Math.floor(time / 1000), (time % 1000) * 1e6];
const dgram = require('..'); // keeps this clock
process.hrtime = hrtime;

const HOUR = 3600000;
const nodesLookup = dns.lookup;
let asked; // [name, family] of each lookup
let held; // callbacks of lookups that wait for answer(); null: none waits
let failure; // of the next lookups, or null

function lookup(name, family, callback) {
  asked.push([name, family]);
  const done = (err = failure) => {
    if (err) callback(err);
    else callback(null, family === 6 ? '::1' : '127.0.0.1', family);
  };
  if (held) held.push(done);
  else setImmediate(done);
}

beforeEach(() => {
  asked = [];
  held = failure = null;
  dns.lookup = lookup;
});
afterEach(() => {
  dns.lookup = nodesLookup;
});

let number = 0;
const newName = () => `name${++number}.test`; // other tests have kept theirs

const open = (options) =>
  dgram.createSocket({ type: 'udp4', lookupTTL: HOUR, ...options });

// Bound without a lookup of its own.
async function receiver() {
  const socket = open();
  socket.got = [];
  socket.on('message', (msg) => socket.got.push(`${msg}`));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  socket.received = async (count) => {
    while (socket.got.length < count) await once(socket, 'message');
    return socket.got;
  };
  return socket;
}

const send = (socket, ...args) => new Promise((done) => {
  socket.send(...args, (err, bytes) => done(err ? err.code : bytes));
});

const closeAll = (...sockets) => sockets.forEach((socket) => socket.close());

test('an answer is used for so many milliseconds', async () => {
  const client = open({ lookupTTL: 100 });
  const name = newName();
  await send(client, 'x', 9, name);
  asked = [];
  time += 99;
  await send(client, 'x', 9, name);
  assert.deepStrictEqual(asked, []);
  time += 1;
  await send(client, 'x', 9, name);
  assert.deepStrictEqual(asked, [[name, 4]]);
  closeAll(client);
});

test('a known name needs no lookup', async () => {
  const server = await receiver();
  const client = open();
  const name = newName();
  const { port } = server.address();
  assert.strictEqual(await send(client, 'a', port, name), 1);
  assert.strictEqual(await send(client, 'b', port, name), 1);
  await new Promise((done) => client.sendMany(['c', { msg: 'd' }], port, name, done));
  assert.deepStrictEqual(asked, [[name, 4]]);
  assert.deepStrictEqual(await server.received(4), ['a', 'b', 'c', 'd']);
  closeAll(server, client);
});

test('a known address is used as a numeric one: by the next tick', async () => {
  const server = await receiver();
  const client = open();
  const name = newName();
  const { port } = server.address();
  await send(client, 'a', port, name);
  let isCalled = false;
  client.send('b', port, name, () => {
    isCalled = true;
  });
  await new Promise((done) => process.nextTick(process.nextTick, done));
  assert.ok(isCalled);
  closeAll(server, client);
});

test('sockets share answers that are young enough for them', async () => {
  const clients = [open(), open({ lookupTTL: 1 }), dgram.createSocket('udp4')];
  const name = newName();
  await send(clients[0], 'x', 9, name);
  time += 10;
  for (const client of clients) await send(client, 'x', 9, name);
  assert.strictEqual(asked.filter(([host]) => host === name).length, 3);
  closeAll(...clients);
});

test('bind and connect use answers, of their family', async () => {
  const name = newName();
  const [server, client, six] = [open(), open(), open({ type: 'udp6' })];
  server.bind(0, name);
  await once(server, 'listening');
  client.connect(server.address().port, name);
  await once(client, 'connect');
  assert.deepStrictEqual(asked.filter(([host]) => host === name), [[name, 4]]);
  six.send('x', 9, name, () => {});
  await new Promise(setImmediate);
  assert.deepStrictEqual(asked.filter(([host]) => host === name), [[name, 4], [name, 6]]);
  closeAll(server, client, six);
});

test('sends during a lookup wait for it, and keep their order', async () => {
  const server = await receiver();
  const client = open();
  const name = newName();
  const { port } = server.address();
  const expected = [];
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  asked = [];
  held = [];
  for (let i = 0; i < 50; i++) {
    client.send(`${i}`, port, name);
    expected.push(`${i}`);
  }
  assert.strictEqual(asked.length, 1);
  held[0]();
  client.send('last', port, name);
  assert.deepStrictEqual(await server.received(51), [...expected, 'last']);
  assert.strictEqual(asked.length, 1);
  closeAll(server, client);
});

test('what code of the program sends between the answers does not overtake', async () => {
  const server = await receiver();
  const list = new BlockList();
  const client = open({ sendBlockList: list });
  const name = newName();
  const { port } = server.address();
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  held = [];
  client.send('a', port, name);
  client.send('b', port, name);
  list.check = () => {
    list.check = () => false;
    client.send('c', port, name);
    return false;
  };
  held[0]();
  assert.deepStrictEqual(await server.received(3), ['a', 'b', 'c']);
  closeAll(server, client);
});

test('a callback that throws loses no other lookup', async () => {
  const server = await receiver();
  const list = new BlockList();
  const client = open({ sendBlockList: list });
  const name = newName();
  const { port } = server.address();
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  held = [];
  client.send('a', port, name);
  client.send('b', port, name);
  list.check = () => {
    list.check = () => false;
    throw new Error('of the list');
  };
  assert.throws(() => held[0](), /of the list/);
  assert.deepStrictEqual(await server.received(1), ['b']);
  closeAll(server, client);
});

test('a failure is kept', async () => {
  const client = open();
  const name = newName();
  failure = Object.assign(new Error('no'), { code: 'ENOTFOUND' });
  assert.strictEqual(await send(client, 'x', 9, name), 'ENOTFOUND');
  failure = null;
  assert.strictEqual(await send(client, 'x', 9, name), 'ENOTFOUND');
  client.send('x', 9, name);
  assert.strictEqual((await once(client, 'error'))[0].code, 'ENOTFOUND');
  assert.strictEqual(asked.filter(([host]) => host === name).length, 1);
  closeAll(client);
});

test('a failure is kept for a second at most, and leaves an older address', async () => {
  const client = open();
  const brief = open({ lookupTTL: 1 });
  const [name, unknown] = [newName(), newName()];
  await send(client, 'x', 9, name);
  failure = Object.assign(new Error('no'), { code: 'EAI_AGAIN' });
  time += 10;
  assert.strictEqual(await send(brief, 'x', 9, name), 'EAI_AGAIN');
  assert.strictEqual(await send(client, 'x', 9, name), 1);
  assert.strictEqual(await send(client, 'x', 9, unknown), 'EAI_AGAIN');
  failure = null;
  time += 999;
  assert.strictEqual(await send(client, 'x', 9, unknown), 'EAI_AGAIN');
  time += 1;
  assert.strictEqual(await send(client, 'x', 9, unknown), 1);
  closeAll(client, brief);
});

test('flushLookup() forgets one name, or all', async () => {
  const client = open();
  const [one, two] = [newName(), newName()];
  const sendBoth = async () => {
    asked = [];
    await send(client, 'x', 9, one);
    await send(client, 'x', 9, two);
    return asked.map(([name]) => name);
  };
  await sendBoth();
  assert.deepStrictEqual(await sendBoth(), []);
  assert.strictEqual(client.flushLookup(one), client);
  assert.deepStrictEqual(await sendBoth(), [one]);
  client.flushLookup();
  assert.deepStrictEqual(await sendBoth(), [one, two]);
  assert.throws(() => client.flushLookup(1), { code: 'ERR_INVALID_ARG_TYPE' });
  closeAll(client);
});

test('flushLookup() repeats lookups in progress', async () => {
  const client = open();
  const name = newName();
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  asked = [];
  held = [];
  const before = send(client, 'x', 9, name);
  client.flushLookup(name);
  const after = send(client, 'x', 9, name);
  assert.strictEqual(asked.length, 2);
  held[0](new Error('old'));
  held[1]();
  assert.deepStrictEqual(await Promise.all([before, after]), [1, 1]);
  await send(client, 'x', 9, name);
  assert.strictEqual(asked.length, 2);
  closeAll(client);
});

test('each callback has the async context of its call', async () => {
  const storage = new AsyncLocalStorage();
  const client = open();
  const name = newName();
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  held = [];
  failure = new Error('no');
  const contexts = Promise.all([1, 2].map((context) => storage.run(
    context, () => new Promise((done) => client.send('x', 9, name, () => {
      done(storage.getStore());
    })))));
  held[0]();
  assert.deepStrictEqual(await contexts, [1, 2]);
  closeAll(client);
});

test('a socket that closes during a lookup loses its sends only', async () => {
  const [closing, client] = [open(), open()];
  const name = newName();
  for (const socket of [closing, client]) {
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
  }
  held = [];
  closing.send('x', 9, name, () => assert.fail('reported'));
  const result = send(client, 'x', 9, name);
  closing.close();
  held[0]();
  assert.strictEqual(await result, 1);
  closeAll(client);
});

test('1,024 names are kept, the latest ones', async () => {
  const client = open();
  const names = Array.from({ length: 1025 }, newName);
  client.flushLookup();
  for (const name of names) await send(client, 'x', 9, name);
  asked = [];
  for (const name of names.slice(1)) await send(client, 'x', 9, name);
  assert.deepStrictEqual(asked, []);
  await send(client, 'x', 9, names[0]);
  assert.deepStrictEqual(asked, [[names[0], 4]]);
  closeAll(client);
});

test('another dns.lookup does not get the answers of the one before', async () => {
  const client = open();
  const name = newName();
  await send(client, 'x', 9, name);
  let calls = 0;
  dns.lookup = (host, family, callback) => {
    calls++;
    setImmediate(callback, null, '127.0.0.1', 4);
  };
  const other = open();
  await send(other, 'x', 9, name);
  await send(other, 'x', 9, name);
  assert.ok(calls >= 1);
  closeAll(client, other);
});

test('the default lookup itself', async () => {
  dns.lookup = nodesLookup;
  const client = open();
  const results = await Promise.all(['a', 'b', 'c'].map(
    (text) => send(client, text, 9, 'localhost')));
  assert.deepStrictEqual(results, [1, 1, 1]);
  assert.strictEqual(await send(client, 'x', 9, 'localhost'), 1);
  closeAll(client);
});

test('a lookup that throws is not kept', async () => {
  const client = open();
  const name = newName();
  client.bind(0, '127.0.0.1');
  await once(client, 'listening');
  failure = new Error('thrown');
  held = {
    push() {
      throw failure;
    },
  };
  assert.throws(() => client.send('x', 9, name), failure);
  held = failure = null;
  assert.strictEqual(await send(client, 'x', 9, name), 1);
  closeAll(client);
});

test('wrong options throw', () => {
  for (const lookupTTL of ['1', null])
    assert.throws(() => open({ lookupTTL }), { code: 'ERR_INVALID_ARG_TYPE' });
  for (const lookupTTL of [-1, 1.5, 2 ** 32])
    assert.throws(() => open({ lookupTTL }), { code: 'ERR_OUT_OF_RANGE' });
  assert.throws(() => open({ lookup }), { code: 'ERR_INVALID_ARG_VALUE' });
  open({ lookup, lookupTTL: 0 }).close();
});

test('without the option each send asks, as in node:dgram', async () => {
  const client = dgram.createSocket('udp4');
  const name = newName();
  await Promise.all([send(client, 'x', 9, name), send(client, 'x', 9, name)]);
  await send(client, 'x', 9, name);
  assert.strictEqual(asked.filter(([host]) => host === name).length, 3);
  closeAll(client);
});
