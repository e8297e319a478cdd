'use strict';
// A payload is read one tick after send(), also if datagrams of earlier calls are sent
// in between.
module.exports = ({ dgram, log }) => {
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket('udp4');
  const late = Buffer.from('as it was');
  let left = 3;
  server.on('message', (msg) => {
    log('message', msg);
    if (--left > 0) return;
    server.close();
    client.close();
  });
  server.bind(0, '127.0.0.1', () => client.bind(0, '127.0.0.1', () => {
    const { port } = server.address();
    const send = (msg) => client.send(msg, port, '127.0.0.1',
                                      (err) => log('sent', String(msg), err));
    setImmediate(() => {
      send('first');
      process.nextTick(() => {
        process.nextTick(() => late.write('changed  '));
        send(late);
      });
      send('second');
    });
  }));
};
