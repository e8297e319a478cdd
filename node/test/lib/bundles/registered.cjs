'use strict';
// A bundle that begins with libdgram/register: node:dgram is libdgram from then on.
require('libdgram/register');
const dgram = require('node:dgram');

const socket = dgram.createSocket('udp4', (msg) => {
  console.log(JSON.stringify({ received: String(msg), sendMany: typeof socket.sendMany }));
  socket.close();
});
socket.bind(0, '127.0.0.1', () =>
  socket.send('over', socket.address().port, '127.0.0.1'));
