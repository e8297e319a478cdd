'use strict';
// Two workers share a port, and one of them is paused. Prints who has received.
const cluster = require('node:cluster');
const dgram = require('../..');
const freePort = require('./free_port');

const COUNT = 50;

async function mainOfPrimary() {
  const client = dgram.createSocket('udp4');
  const port = await freePort(dgram);
  const workers = [cluster.fork({ PORT: port, PAUSED: 1 }), cluster.fork({ PORT: port })];
  const received = [0, 0];
  let listening = 0;
  workers.forEach((worker, i) => worker.on('message', (what) => {
    if (what === 'listening') {
      if (++listening === 2) client.sendMany(Array(COUNT).fill('x'), port, '127.0.0.1');
      return;
    }
    received[i]++;
    if (received[0] + received[1] < COUNT) return;
    console.log(received[0] === 0 ? 'all by the other' : received);
    client.close();
    workers.forEach(({ process }) => process.kill());
  }));
}

function mainOfWorker() {
  const socket = dgram.createSocket('udp4', () => process.send('received'));
  if (process.env.PAUSED) socket.pause();
  socket.bind(+process.env.PORT, '127.0.0.1', () => process.send('listening'));
}

if (cluster.isPrimary) mainOfPrimary();
else mainOfWorker();
