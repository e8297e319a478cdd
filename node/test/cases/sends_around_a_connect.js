'use strict';
// A datagram to an address is sent one tick after send(). If the socket was connected
// meanwhile, it fails, also if datagrams of calls before the connect are sent together. An
// address of the other family is another error.
module.exports = ({ dgram, log }) => {
  const server = dgram.createSocket('udp4');
  const client = dgram.createSocket('udp4');
  let left = 9;
  const onSent = (name) => (err, bytes) => {
    log('sent', name, err, bytes);
    if (--left > 0) return;
    server.close();
    client.close();
  };
  server.bind(0, '127.0.0.1', () => client.bind(0, '127.0.0.1', () => {
    const { port } = server.address();
    const send = (name) => {
      client.send(name, port, '127.0.0.1', onSent(name));
      client.send(name, port, '::1', onSent(`${name}, to IPv6`));
    };
    setImmediate(() => {
      send('one before');
      send('two before');
      client.connect(port, '127.0.0.1', () => client.send('to the peer', onSent('to the peer')));
      send('one behind');
      send('two behind');
    });
  }));
};
