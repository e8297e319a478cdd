'use strict';
// A worker thread with a socket of node:dgram, for tests that wait for it without a loop
// iteration. It counts the datagrams that it receives, and sends as many requests as it
// is asked for.
const { Worker, isMainThread, workerData } = require('node:worker_threads');

const LIMIT_MS = 20000;

if (isMainThread) {
  // ready(peer) gives the `port` of the worker's socket; wait(count) blocks until it has
  // received so many, or for a limited time; end().
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
  // It counts as a datagram, so that a test can wait until all requests were sent.
  parentPort.on('message', ({ port, texts }) => {
    let left = texts.length;
    for (const text of texts)
      socket.send(text, port, '127.0.0.1', () => --left === 0 && add());
  });
}
