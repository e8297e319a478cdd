'use strict';
// The child process: reports to the parent what it can do with the sockets it gets.
const dgram = require('node:dgram');

process.on('message', (message, socket) => {
  if (message === 'end') return process.disconnect();
  if (socket === undefined) return process.send([message, 'no socket']);
  const { address, family } = socket.address();
  const before = [
    message, socket.type, address, family, socket instanceof dgram.Socket,
    socket.eventNames(), socket.getSendQueueCount(),
  ];
  try {
    socket.bind(0);
  } catch (err) {
    before.push(err.code);
  }
  try {
    socket.remoteAddress();
  } catch (err) {
    before.push(err.code);
  }
  const got = [];
  socket.on('message', (msg) => {
    got.push(msg.toString());
    if (got.length > 1) return;
    socket.send('from the child', message.port, (err) => {
      socket.close(() => process.send([...before, got[0], String(err)]));
    });
  });
  process.send('ready');
});
