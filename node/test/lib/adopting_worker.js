'use strict';
// A worker that takes over a socket, counts the numbers in its datagrams, and detaches it
// again when it is asked to.
const { parentPort } = require('node:worker_threads');
const dgram = require('../..');

parentPort.once('message', (given) => {
  const socket = dgram.createSocket(given);
  const seen = [];
  socket.on('message', (msg) => seen.push(msg.readUInt32LE()));
  socket.bind(given, () => parentPort.postMessage(socket.address()));
  parentPort.on('message', (what) => {
    if (what === 'detach') {
      const detached = socket.detach();
      socket.on('close', () => {
        parentPort.postMessage({ detached, seen });
        parentPort.close();
      });
    } else if (what === 'count') {
      parentPort.postMessage(seen.length);
    } else {
      parentPort.postMessage({ seen });
      socket.close();
      parentPort.close();
    }
  });
});
