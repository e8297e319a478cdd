'use strict';
// A worker thread in which everything is in progress at once: binds, sends with and
// without callback, connected and not, received messages, errors, closes.
const { parentPort, workerData } = require('node:worker_threads');
const dgram = require('../..');

const SOCKETS = 6;
const BURST = 40;

async function iterate(socket) {
  for (;;) {
    let left = 50;
    for await (const [msg] of socket.iterate({ highWaterMark: 8 }))
      if (--left === 0 || msg.length === 0) break;
    await new Promise(setImmediate);
  }
}

function pauseOften(socket) {
  setInterval(() => {
    if (socket.isPaused()) socket.resume();
    else socket.pause();
  }, 1);
}

function start(i) {
  const socket = dgram.createSocket({ type: 'udp4', pooled: i % 2 === 0 });
  if (i !== 1) socket.on('message', () => {});
  socket.on('error', () => {});
  if (i % 3 === 1) iterate(socket);
  if (i % 3 === 2) pauseOften(socket);
  if (i % 3 === 0) socket.on('messages', () => {});
  socket.bind(0, '127.0.0.1', () => {
    const { port } = socket.address();
    const burst = () => {
      for (let k = 0; k < BURST; k++)
        socket.send('x'.repeat(k * 20), port, '127.0.0.1',
                    k === BURST - 1 ? again : undefined);
    };
    const again = () => setImmediate(burst);
    burst();
    const peer = dgram.createSocket('udp4');
    peer.on('error', () => {});
    peer.connect(port, '127.0.0.1', () => {
      const beat = () => {
        peer.send('to the peer');
        setImmediate(beat);
      };
      beat();
    });
    const churn = () => {
      const short = dgram.createSocket('udp4');
      short.send('short', port, '127.0.0.1', () => short.close());
      short.on('close', () => setImmediate(churn));
    };
    churn();
    if (i === SOCKETS - 1) parentPort.postMessage('busy');
  });
}

for (let i = 0; i < SOCKETS; i++) start(i);
if (workerData?.exitAfter !== undefined)
  setTimeout(() => process.exit(), workerData.exitAfter);
