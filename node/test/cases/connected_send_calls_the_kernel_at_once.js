'use strict';
// Another thread receives the datagram while this one is blocked.
const listeningWorker = require('../lib/listening_worker');

module.exports = ({ dgram, log }) => listeningWorker((peer) => {
  const socket = dgram.createSocket('udp4');
  socket.connect(peer.port, '127.0.0.1', () => {
    socket.send('1');
    socket.send('2');
    log('both arrive', peer.wait(2));
    for (let i = 0; i < 20; i++) socket.send('x', () => log('callback'));
    log('all arrive', peer.wait(22));
    process.nextTick(() => {
      socket.send(['a', 'b']);
      socket.send(Buffer.from('abc'), 1, 1);
      log('in a tick', peer.wait(24));
      Promise.resolve().then(() => {
        socket.send('y');
        log('in a job', peer.wait(25));
        socket.close();
        peer.end();
      });
    });
  });
});
