'use strict';
// With reusePort each worker opens a socket of its own, and the primary is not asked.
const cluster = require('node:cluster');

module.exports.since = () => +process.versions.node.split('.')[0] >= 22;

module.exports.primary = ({ log }) => {
  cluster.on('listening', () => log('listening'));
};

module.exports.run = async ({ dgram, index, log, meet, leave }) => {
  const socket = dgram.createSocket({ type: 'udp4', reusePort: true });
  let port = 0;
  if (index === 0) {
    await new Promise((resolve) => socket.bind(0, '127.0.0.1', resolve));
    ({ port } = socket.address());
  }
  [port] = await meet('first', port);
  if (index === 1)
    await new Promise((resolve) => socket.bind(port, '127.0.0.1', resolve));
  log('bound', socket.address().port === port);
  await meet('done');
  socket.close();
  leave();
};
