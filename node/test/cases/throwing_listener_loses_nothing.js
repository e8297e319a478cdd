'use strict';

module.exports = ({ dgram, log }) => {
  const server = dgram.createSocket('udp4');
  let count = 0;
  server.on('message', (msg) => {
    log('message', msg);
    if (++count === 5) {
      server.close();
      return;
    }
    process.nextTick(() => log('tick', msg));
    if (count % 2 === 0) throw new Error(`at ${msg}`);
  });
  server.bind(0, '127.0.0.1', () => {
    const client = dgram.createSocket('udp4');
    const { port } = server.address();
    let left = 5;
    for (let i = 0; i < 5; i++) {
      client.send(`m${i}`, port, '127.0.0.1', () => {
        log('sent', i);
        if (--left === 0) client.close();
      });
    }
  });
};
