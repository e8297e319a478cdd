'use strict';
// One callback of many sends in a tick throws. All others are called, in order, before
// the callback of a send made meanwhile.
const COUNT = 3000;

module.exports = ({ dgram, log }) => {
  const socket = dgram.createSocket('udp4');
  const order = [];
  socket.bind(0, '127.0.0.1', () => {
    for (let i = 0; i < COUNT; i++) {
      socket.send('x', 9, '127.0.0.1', () => {
        order.push(i);
        if (i === 0) {
          socket.send('y', 9, '127.0.0.1', () => {
            log('called', order.length, order.every((value, k) => value === k));
            socket.close();
          });
          throw new Error('first');
        }
      });
    }
  });
};
