'use strict';
// An exclusive bind opens a socket in the worker: the second worker finds the port in
// use, and the primary is not asked. Implicit binds are exclusive, too.
const cluster = require('node:cluster');

module.exports.primary = ({ log }) => {
  cluster.on('listening', () => log('listening'));
};

module.exports.run = async ({ dgram, index, log, meet, leave }) => {
  const socket = dgram.createSocket('udp4');
  let port = 0;
  if (index === 0) {
    await new Promise((resolve) => socket.bind(
      { port: 0, address: '127.0.0.1', exclusive: true }, resolve));
    ({ port } = socket.address());
  }
  [port] = await meet('first', port);
  if (index === 1) {
    socket.on('error', (err) => log('error', err));
    await new Promise((resolve) => {
      socket.once('error', resolve);
      socket.bind({ port, address: '127.0.0.1', exclusive: true });
    });
    // shared by the primary, which cannot bind to it either
    await new Promise((resolve) => {
      socket.once('error', resolve);
      socket.bind(port, '127.0.0.1');
    });
  }
  await meet('second');
  const implicit = dgram.createSocket('udp4');
  await new Promise((resolve) => implicit.send('x', port, '127.0.0.1', resolve));
  const ports = await meet('implicit', implicit.address().port);
  log('implicit ports differ', ports[0] !== ports[1]);
  implicit.close();
  if (index === 0) socket.close();
  await meet('done');
  leave();
};
