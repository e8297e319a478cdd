'use strict';

module.exports = ({ dgram, log, attempt }) => {
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket('udp4');
  let got = 0;
  server.on('message', (msg, rinfo) => {
    log('got', msg, rinfo.address);
    if (++got === 6) {
      server.close();
      client.close();
    }
  });
  server.bind(0, '127.0.0.1', () => {
    const { port } = server.address();
    attempt('connect', () => client.connect(port, '127.0.0.1'));
    attempt('again', () => client.connect(port, '127.0.0.1'));
    client.on('connect', () => {
      const buf = Buffer.from('hello');
      log('remote', client.remoteAddress());
      attempt('connected', () => client.connect(port));
      attempt('port', () => client.send(buf, 0, 5, port));
      attempt('address', () => client.send(buf, 0, 5, undefined, '127.0.0.1'));
      attempt('four', () => client.send(buf, 1234, '127.0.0.1', () => {}));
      attempt('ignored', () => client.send(buf, 1234));
      attempt('ignored', () => client.send('a', 1234, '127.0.0.1'));
      attempt('slice', () => client.send(buf, 1, 3));
      attempt('slice', () => client.send(buf, 1, NaN, (e) => log('cb', e)));
      attempt('list', () => client.send(['x', 'y'], (e, n) => log('list', e, n)));
      attempt('zero', () => client.send(buf, 0, 2, 0));
    });
  });
};
