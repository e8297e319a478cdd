'use strict';

module.exports = ({ dgram, log, marks }) => {
  const server = dgram.createSocket('udp4');
  server.on('message', (msg) => {
    log('message', msg);
    process.nextTick(() => log('tick after', msg));
    Promise.resolve().then(() => log('job after', msg));
    if (msg.toString() === 'end') server.close(() => log('server closed'));
  });
  server.bind(0, '127.0.0.1', () => {
    const { port } = server.address();
    const client = dgram.createSocket('udp4');
    client.on('listening', () => log('listening'));
    client.on('connect', () => log('connect'));
    client.on('close', () => log('close'));
    marks('first');
    client.send('one', port, '127.0.0.1', (err, n) => {
      log('sent one', err, n);
      marks('second');
      client.send('two', port, (e2, n2) => {
        log('sent two', e2, n2);
        marks('third');
        client.connect(port, (e3) => {
          log('connected', e3);
          marks('fourth');
          client.send('three', (e4, n4) => {
            log('sent three', e4, n4);
            client.disconnect();
            client.send('end', port, (e5, n5) => {
              log('sent end', e5, n5);
              client.close();
              marks('fifth', 2);
            });
          });
        });
      });
    });
  });
};
