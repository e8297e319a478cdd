'use strict';
// A port that the workers of a cluster would not share.
const dgram = require('libdgram');

const socket = dgram.createSocket('udp4');
socket.bind({
  address: 'localhost',
  port: 41234,
  exclusive: true,
}, () => {
  console.log(`bound to ${socket.address().address}`);
  socket.close();
});
