'use strict';
// A worker that sends numbers to a port as fast as it can until it is stopped, each alone,
// so that the kernel counts what it drops. Then it says how many it has sent.
const { parentPort, workerData: port } = require('node:worker_threads');
const dgram = require('../..');

const BATCH = 200;
const sender = dgram.createSocket({ type: 'udp4', segmentsMax: 1 });
let sent = 0;
let isStopped = false;

parentPort.once('message', () => { isStopped = true; });

function numbered(number) {
  const msg = Buffer.alloc(32);
  msg.writeUInt32LE(number);
  return msg;
}

function sendMore(err) {
  if (err) throw err;
  if (isStopped) {
    parentPort.postMessage(sent);
    sender.close();
    return;
  }
  const list = Array.from({ length: BATCH }, () => numbered(sent++));
  sender.sendMany(list, port, '127.0.0.1', (failure) => setImmediate(sendMore, failure));
}

sendMore();
