'use strict';
// The n-th binds to port 0 of all workers share one port. The next ones share another.
const cluster = require('node:cluster');

module.exports.primary = ({ log }) => {
  cluster.on('listening', (worker, { address, addressType, fd }) =>
    log('listening', address, addressType, fd));
};

module.exports.run = ({ dgram, log, meet, leave }) => {
  const bind = (type) => new Promise((resolve) => {
    const socket = dgram.createSocket(type).bind(0, () => resolve(socket));
  });
  (async () => {
    const sockets = [await bind('udp4'), await bind('udp4'), await bind('udp6')];
    const ports = sockets.map((socket) => socket.address().port);
    log('different', new Set(ports).size);
    const all = await meet('bound', ports);
    log('shared', all[0].join() === all[1].join());
    log(sockets.map((socket) => socket.address().address).join(' '));
    // other ways to give no port
    for (const spelling of [undefined, null, '0']) {
      const socket = dgram.createSocket('udp4');
      await new Promise((resolve) => socket.bind({ port: spelling }, resolve));
      const got = await meet(`spelled ${spelling}`, socket.address().port);
      log('spelled', `${spelling}`, got[0] === got[1]);
    }
    await meet('done');
    leave();
  })();
};
