'use strict';
// A check() of the program runs when its datagram is sent. The kernel has the datagrams
// before it, and if check() throws, no other datagram is lost.
const { BlockList } = require('node:net');
const listeningWorker = require('../lib/listening_worker');

module.exports = ({ dgram, log }) => listeningWorker((peer) => {
  if (!BlockList.isBlockList) {
    log('node:dgram knows none');
    peer.end();
    return;
  }
  const sendBlockList = new BlockList();
  const before = [0, 2, 3]; // datagrams that each check finds sent
  sendBlockList.check = () => {
    const count = before.shift();
    log('check behind', count, peer.wait(count));
    if (count === 3) throw new Error('of the check');
    return false;
  };
  const checked = dgram.createSocket({ type: 'udp4', sendBlockList });
  const plain = dgram.createSocket('udp4');
  const send = (socket, name) =>
    socket.send('x', peer.port, '127.0.0.1', () => log('sent', name));
  const end = () => {
    log('the last arrives', peer.wait(4));
    checked.close();
    plain.close();
    peer.end();
  };
  checked.bind(0, '127.0.0.1', () => plain.bind(0, '127.0.0.1', () => {
    send(checked, 'first');
    send(plain, 'second');
    send(checked, 'third');
    send(checked, 'thrown');
    send(plain, 'last');
    setTimeout(end, 50);
  }));
});
