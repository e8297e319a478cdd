'use strict';
// Packages that require node:dgram, in a bundle that replaces it by libdgram.
require('node:diagnostics_channel').subscribe('udp.socket', ({ socket }) => {
  sockets.push(socket.sendMany ? 'libdgram' : 'node:dgram');
});
const sockets = [];
const { createSocket } = require('node:dgram');
const multicastDns = require('multicast-dns');
const { StatsD } = require('hot-shots');

const server = createSocket('udp4');
server.bind(0, '127.0.0.1', () => {
  const { port } = server.address();
  const statsd = new StatsD({ host: '127.0.0.1', port, maxBufferSize: 0 });
  const resolver = multicastDns({ interface: '127.0.0.1', bind: '127.0.0.1', port: 0 });
  server.once('message', (msg) => {
    console.log(JSON.stringify({ received: String(msg).trim(), sockets }));
    statsd.close();
    resolver.destroy();
    server.close();
  });
  statsd.increment('visits');
});
