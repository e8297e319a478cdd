'use strict';
// Two workers bind to one port, each tells so and is ended.
const cluster = require('node:cluster');
const dgram = require('../..');

if (cluster.isPrimary) {
  const probe = dgram.createSocket('udp4').bind(0, '127.0.0.1', () => {
    const { port } = probe.address();
    probe.close();
    let bound = 0;
    for (let i = 0; i < 2; i++) {
      cluster.fork({ PORT: port }).on('message', () => {
        console.log('bound');
        if (++bound < 2) return;
        for (const worker of Object.values(cluster.workers)) worker.kill();
      });
    }
  });
} else {
  const socket = dgram.createSocket('udp4');
  socket.bind(+process.env.PORT, '127.0.0.1', () => process.send('bound'));
}
