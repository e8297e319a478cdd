'use strict';
// A worker binds twice to one fixed port with reuseAddr, one after the other and at once, and
// twice without a port. The request of node:dgram would abort it. Prints the results.
const cluster = require('node:cluster');
const dgram = require('../..');

async function bound(options, ...args) {
  const socket = dgram.createSocket({ type: 'udp4', ...options });
  await new Promise((resolve) => socket.bind(...args, resolve));
  return socket;
}

async function work() {
  const reuse = { reuseAddr: true };
  const probe = await bound(reuse, 0, '127.0.0.1');
  const { port } = probe.address();
  const one = await bound(reuse, port, '127.0.0.1');
  probe.close(); // not earlier, or another process could get the port
  const two = await bound(reuse, port, '127.0.0.1');
  console.log(one.address().port === port, two.address().port === port);
  const closed = dgram.createSocket({ type: 'udp4', ...reuse }).bind(port, '0.0.0.0');
  const atOnce = Promise.all([1, 2, 3].map(() => bound(reuse, port, '0.0.0.0')));
  closed.close();
  console.log((await atOnce).every((socket) => socket.address().port === port));
  const [three, four] = [await bound({}), await bound({})];
  console.log(three.address().port !== four.address().port);
  one.close();
  two.on('message', (msg) => {
    console.log(`${msg}`);
    process.disconnect();
  });
  two.send('still there', port, '127.0.0.1');
}

if (cluster.isPrimary) cluster.fork();
else work();
