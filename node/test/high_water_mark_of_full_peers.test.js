'use strict';
// sendHighWaterMark while the kernel takes no more datagrams. A Unix socket whose peer
// reads nothing is such a case; over loopback the kernel takes all datagrams of UDP.
const assert = require('node:assert');
const { once } = require('node:events');
const dgram = require('..');
const test = require('./lib/needs_native')('Unix sockets');

const options = {
  timeout: 60000,
  skip: process.platform === 'linux' ? false : 'abstract names are Linux\'s',
};
const MARK = 50 * 257; // of datagrams of one byte
let names = 0;

// A peer that is paused, and a socket with a mark, connected or not.
async function pair(connected) {
  const name = `@dgram-${process.pid}-${names++}`;
  const peer = dgram.createSocket('unix_dgram').pause();
  peer.got = [];
  peer.on('message', (msg) => peer.got.push(`${msg}`));
  peer.bind(name);
  await once(peer, 'listening');
  const socket = dgram.createSocket({ type: 'unix_dgram', sendHighWaterMark: MARK });
  if (connected) {
    socket.connect(name);
    await once(socket, 'connect');
  }
  return { peer, socket, to: connected ? [] : [name] };
}

const drainOf = (socket) => new Promise((done) => socket.once('drain', done));
const iteration = () => new Promise(setImmediate);

for (const connected of [true, false]) {
  const how = connected ? 'connected' : 'by path';

  test(`${how}: what the kernel has not taken counts until it has`, options, async () => {
    const { peer, socket, to } = await pair(connected);
    let drains = 0;
    socket.on('drain', () => {
      assert.ok(socket.writableLength < MARK / 2);
      drains++;
    });
    const results = [];
    while (!socket.writableNeedDrain) {
      socket.send('x', ...to, (err, bytes) => results.push(err ? err.code : bytes));
      await iteration();
    }
    const accepted = results.length + 50;
    assert.strictEqual(socket.writableLength, MARK);
    const refused = new Promise((done) => socket.send('x', ...to, done));
    assert.strictEqual((await refused).code, 'ENOBUFS');
    assert.strictEqual(drains, 0);
    peer.resume();
    while (peer.got.length < accepted || results.length < accepted) await iteration();
    await iteration();
    assert.deepStrictEqual(new Set(results), new Set([1]));
    assert.strictEqual(drains, 1);
    assert.strictEqual(socket.writableLength, 0);
    socket.close();
    peer.close();
  });

  test(`${how}: sendMany() frees space with each datagram`, options, async () => {
    const { peer, socket, to } = await pair(connected);
    const list = Array.from({ length: 200 }, (value, i) => `${i}`.padStart(3));
    let bytes = 0;
    let next = 0;
    let calls = 0;
    let left = 0; // of the same call, at the event
    const sendMore = () => {
      const rest = list.slice(next);
      if (rest.length === 0) return;
      calls++;
      next += socket.sendMany(rest, ...to, (err, sent) => {
        if (err) assert.strictEqual(err.code, 'ENOBUFS');
        bytes += sent;
      });
    };
    socket.on('drain', () => {
      left ||= socket.writableLength;
      sendMore();
    });
    sendMore();
    peer.resume();
    while (peer.got.length < list.length || bytes < 600) await iteration();
    assert.deepStrictEqual(peer.got, list);
    assert.ok(calls > 2 && left > 0);
    assert.strictEqual(socket.writableLength, 0);
    socket.close();
    peer.close();
  });

  test(`${how}: close() ends what waits, and emits no drain`, options, async () => {
    const { peer, socket, to } = await pair(connected);
    socket.on('drain', () => assert.fail('drain'));
    const codes = [];
    let made = 0;
    while (!socket.writableNeedDrain) {
      made++;
      socket.send('x', ...to, (err) => codes.push(err ? err.code : 'sent'));
      if (made % 10 === 0) await iteration();
    }
    await iteration();
    socket.close();
    while (codes.length < made) await iteration();
    assert.strictEqual(codes.at(-1), 'ECANCELED');
    await iteration();
    peer.close();
  });

  test(`${how}: a program that waits for drain loses nothing`, options, async () => {
    const { peer, socket, to } = await pair(connected);
    const total = 5000;
    let made = 0;
    let done = 0;
    const sendMore = () => {
      while (made < total && !socket.writableNeedDrain) {
        socket.send(`${made++}`, ...to, (err) => {
          assert.ifError(err);
          done++;
        });
      }
    };
    socket.on('drain', sendMore);
    sendMore();
    while (done < total || peer.got.length < total) {
      peer[peer.isPaused() ? 'resume' : 'pause']();
      await iteration();
      assert.ok(socket.writableLength <= MARK + 260);
    }
    if (connected) assert.deepStrictEqual(peer.got.map(Number), [...Array(total).keys()]);
    else assert.strictEqual(new Set(peer.got).size, total);
    socket.close();
    peer.close();
  });
}

test('a waiting drain is emitted if the peer goes away', options, async () => {
  const { peer, socket } = await pair(true);
  while (!socket.writableNeedDrain) socket.send('x', () => {});
  const drained = drainOf(socket);
  peer.close();
  await drained;
  socket.close();
});
