'use strict';
// A socket with a peer: each datagram goes there.
const dgram = require('libdgram');
const { Buffer } = require('node:buffer');

const message = Buffer.from('Some bytes');
const client = dgram.createSocket('udp4');
client.connect(41234, 'localhost', (err) => {
  if (err) throw err;
  client.send(message, (failure) => {
    client.close();
    console.log(failure ?? 'sent');
  });
});
