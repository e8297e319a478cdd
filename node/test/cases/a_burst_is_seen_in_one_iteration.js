'use strict';
// A loop iteration emits 32 datagrams of a burst, however few came before.
module.exports = ({ dgram, log }) => {
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket('udp4');
  let seen = 0;
  server.on('message', () => {
    if (++seen === 1) setImmediate(() => log('immediate sees', seen));
    if (seen < 100) return;
    server.close();
    client.close();
  });
  server.bind(0, '127.0.0.1', () => {
    client.connect(server.address().port, '127.0.0.1', () => {
      // From a connected socket each leaves as a message of its own.
      for (let i = 0; i < 100; i++) client.send(`${i}`);
    });
  });
};
