'use strict';
// An exception of a block list is uncaught. The other datagrams of the tick are sent.
const { BlockList } = require('node:net');

function knowsBlockLists(dgram) {
  try {
    dgram.createSocket({ type: 'udp4', sendBlockList: 5 }).close();
    return false;
  } catch {
    return true;
  }
}

module.exports = ({ dgram, log }) => {
  if (!knowsBlockLists(require('node:dgram'))) {
    log('this Node has no block lists');
    return;
  }
  const list = new BlockList();
  list.check = (ip) => {
    if (ip === '127.0.0.3') throw new Error(`asked for ${ip}`);
    return false;
  };
  const socket = dgram.createSocket({
    type: 'udp4', receiveBlockList: list, sendBlockList: list,
  });
  const stranger = dgram.createSocket('udp4');
  const texts = [];
  let uncaught = 0;
  const send = (text, to) => socket.send(text, socket.address().port, to,
                                         (...args) => log(text, args));
  const connect = () => {
    socket.connect(9, '127.0.0.3', () => log('connected'));
    setImmediate(() => {
      socket.close();
      stranger.close();
    });
  };
  const endIfAllCame = () => {
    if (texts.length < 3 || uncaught !== 2) return;
    log(texts);
    // Outside of the last listener, whichever that is.
    setImmediate(connect);
  };
  socket.on('message', (msg) => {
    texts.push(`${msg}`);
    endIfAllCame();
  });
  socket.bind(0, '127.0.0.1', () => {
    send('a', '127.0.0.1');
    send('lost', '127.0.0.3');
    send('b', '127.0.0.1');
    send('c', '127.0.0.1');
  });
  process.on('uncaughtException', () => {
    if (++uncaught === 1) {
      stranger.bind(0, '127.0.0.3', () =>
        stranger.send('unseen', socket.address().port, '127.0.0.1'));
    }
    endIfAllCame();
  });
};
