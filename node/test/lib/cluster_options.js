'use strict';
// A worker of node:cluster uses options of a shared socket that node:dgram does not have.
const cluster = require('node:cluster');
const dgram = require('../..');

function work() {
  const socket = dgram.createSocket({ type: 'udp4', pathErrors: true });
  socket.on('pathError', ({ code }) => {
    const [{ group }] = socket.getMemberships();
    const { datagramsSent } = socket.getStats();
    console.log(code, socket.getTypeOfService(), group, datagramsSent);
    process.exit();
  });
  socket.bind(0, '127.0.0.1', () => {
    socket.setTypeOfService(8);
    socket.addMembership('239.7.7.7', { interface: 'lo' });
    socket.send('x', 9, '127.0.0.1');
  });
}

if (cluster.isPrimary) cluster.fork();
else work();
