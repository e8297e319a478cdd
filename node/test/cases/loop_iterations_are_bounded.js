'use strict';
// A loop iteration emits only some of a hundred datagrams. Immediates run in between.
module.exports = ({ dgram, log }) => {
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket('udp4');
  let seen = 0;
  const look = () => {
    log('immediate sees', seen);
    if (seen < 100) setImmediate(look);
  };
  server.on('message', () => {
    if (seen++ === 0) setImmediate(look);
    if (seen === 100) {
      log('all seen');
      server.close();
      client.close();
    }
  });
  // All of them must have arrived when the loop polls, even on a slow machine.
  const sleep = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  server.bind(0, '127.0.0.1', () => {
    for (let i = 0; i < 100; i++) {
      client.send(`${i}`, server.address().port, '127.0.0.1',
                  i === 99 ? sleep : undefined);
    }
  });
};
