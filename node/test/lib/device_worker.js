'use strict';
// Two sockets of a worker bind to one port of a device. If the primary had bound them,
// they would share the port.
const cluster = require('node:cluster');
const dgram = require('../..');

function bind(name, port, then) {
  const socket = dgram.createSocket('udp4');
  socket.on('error', (err) => {
    console.log(`${name}: ${err.code}`);
    process.exit();
  });
  socket.bind({ port, address: '127.0.0.1', device: 'lo' }, () => {
    console.log(`${name}: listening`);
    then(socket.address().port);
  });
}

if (cluster.isPrimary) {
  cluster.fork();
} else {
  bind('first', 0, (port) => {
    bind('second', port, () => process.exit(1));
  });
}
