'use strict';
// Of a hundred datagrams a turn of the loop shows a few; immediates run between.
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
  // So that all are there when the loop looks, though the kernel should be late.
  const sleep = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
  server.bind(0, '127.0.0.1', () => {
    for (let i = 0; i < 100; i++) {
      client.send(`${i}`, server.address().port, '127.0.0.1',
                  i === 99 ? sleep : undefined);
    }
  });
};
