'use strict';
// The memory of a payload may be detached between send() and the tick in which it is read.
module.exports = ({ dgram, log }) => {
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket('udp4');
  const memory = [1, 2, 3].map(() => new ArrayBuffer(4));
  const payloads = [
    new Uint8Array(memory[0]), new DataView(memory[1]), ['a', new Uint8Array(memory[2]), 'b'],
  ];
  let left = payloads.length;
  server.on('message', (msg) => {
    log('got', msg);
    if (--left > 0) return;
    server.close();
    client.close();
  });
  server.bind(0, '127.0.0.1', () => client.bind(0, '127.0.0.1', () => {
    const { port } = server.address();
    for (const payload of payloads)
      client.send(payload, port, '127.0.0.1', (err, bytes) => log('sent', err, bytes));
    structuredClone(memory, { transfer: memory });
  }));
};
