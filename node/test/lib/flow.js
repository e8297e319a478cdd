'use strict';
// What the tests of pause(), iterators and streams share.
const { once } = require('node:events');
const { setTimeout: delay } = require('node:timers/promises');
const dgram = require('../..');

const own = '127.0.0.1';

async function open(options) {
  const socket = dgram.createSocket({
    type: 'udp4', recvBufferSize: 1 << 21, ...options,
  });
  socket.bind(0, own);
  await once(socket, 'listening');
  return socket;
}

// `count` texts, from number `first` on.
const names = (count, first = 0) =>
  Array.from({ length: count }, (_, i) => `number ${first + i}`);

const sendMany = (list, to) => new Promise((resolve, reject) => {
  const client = dgram.createSocket('udp4');
  client.sendMany(list, to.address().port, own, (err) => {
    client.close();
    if (err) reject(err);
    else resolve();
  });
});

// Collects messages. all(count) resolves with the first `count`.
function collect(socket) {
  const got = [];
  socket.on('message', (msg) => got.push(`${msg}`));
  return {
    got,
    async all(count) {
      while (got.length < count) await once(socket, 'message');
      return got;
    },
  };
}

const settle = () => delay(30); // more than a few iterations of the loop

module.exports = { collect, names, open, own, sendMany, settle };
