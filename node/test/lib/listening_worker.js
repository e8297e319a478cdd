'use strict';
// A worker thread with a socket of node:dgram, for who waits for it without a turn
// of the loop. It counts what it gets, and asks as often as it is told to.
const { Worker, isMainThread, workerData } = require('node:worker_threads');

const LIMIT_MS = 20000;

if (isMainThread) {
  // ready(peer): `port` of the worker's socket; wait(count): until it has got so many,
  // or in vain; end().
  module.exports = (ready) => {
    const count = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(__filename, { workerData: count });
    worker.once('message', (port) => ready({
      port,
      wait(wanted) {
        for (let n = 0; (n = Atomics.load(count, 0)) < wanted;) {
          if (Atomics.wait(count, 0, n, LIMIT_MS) === 'timed-out') return false;
        }
        return true;
      },
      ask(port_, ...texts) {
        worker.postMessage({ port: port_, texts });
      },
      end() {
        worker.terminate();
      },
    }));
  };
} else {
  const { parentPort } = require('node:worker_threads');
  const socket = require('node:dgram').createSocket('udp4');
  const add = () => {
    Atomics.add(workerData, 0, 1);
    Atomics.notify(workerData, 0);
  };
  socket.on('message', add);
  socket.bind(0, '127.0.0.1', () => {
    parentPort.postMessage(socket.address().port);
  });
  // Counted itself, so that one can wait until all has been asked.
  parentPort.on('message', ({ port, texts }) => {
    let left = texts.length;
    for (const text of texts)
      socket.send(text, port, '127.0.0.1', () => --left === 0 && add());
  });
}
