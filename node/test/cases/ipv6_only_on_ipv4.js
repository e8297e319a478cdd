'use strict';
// A bind with ipv6Only fails on an IPv4 socket, and leaves no socket of the system.
module.exports = ({ dgram, log, attempt }) => {
  const socket = dgram.createSocket({ type: 'udp4', ipv6Only: true });
  let left = 2;
  socket.on('error', (err) => {
    log('error', err);
    attempt('address', () => socket.address());
    attempt('setTTL', () => socket.setTTL(5));
    attempt('setMulticastInterface', () => socket.setMulticastInterface('0.0.0.0'));
    if (--left > 0) socket.send('x', 9);
    else socket.close();
  });
  socket.bind(0, '127.0.0.1');
};
