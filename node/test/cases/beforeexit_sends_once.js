'use strict';
// What is sent when nothing else is left to do does not keep the process going.
module.exports = ({ dgram, log }) => {
  const socket = dgram.createSocket('udp4');
  const connected = dgram.createSocket('udp4');
  let calls = 0;
  const begin = () => process.on('beforeExit', () => {
    log('beforeExit');
    if (++calls > 5) process.exit();
    socket.send('a', 9, '127.0.0.1');
    socket.send('b', 9, '127.0.0.1', () => log('callback of b'));
    socket.send(Buffer.alloc(65508), 9, '127.0.0.1', (err) => log(err));
    connected.send('c');
    connected.send('d', () => log('callback of d'));
  });
  socket.bind(0, '127.0.0.1', () => {
    socket.unref();
    connected.connect(socket.address().port, '127.0.0.1', () => {
      connected.unref();
      begin();
    });
  });
};
