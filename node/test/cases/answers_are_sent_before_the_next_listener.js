'use strict';
// Two requests in one wake-up: the listener of the second finds that the first answer
// has arrived, in the same loop iteration.
const listeningWorker = require('../lib/listening_worker');

module.exports = ({ dgram, log }) => listeningWorker((peer) => {
  let seen = 0; // datagrams, plus one when all requests were sent
  const socket = dgram.createSocket('udp4', (msg, { port, address }) => {
    log(`before ${msg}`, peer.wait(seen));
    seen++;
    if (`${msg}` !== 'last') {
      socket.send(`answer to ${msg}`, port, address);
      return;
    }
    socket.close();
    peer.end();
  });
  socket.bind(0, '127.0.0.1', () => {
    peer.ask(socket.address().port, 'first', 'second', 'third', 'last');
    log('asked', peer.wait(1));
    seen = 1;
  });
});
