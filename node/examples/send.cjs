'use strict';
// One datagram to a name.
const dgram = require('libdgram');
const { Buffer } = require('node:buffer');

const message = Buffer.from('Some bytes');
const client = dgram.createSocket('udp4');
client.send(message, 41234, 'localhost', (err) => {
  client.close();
  console.log(err ?? 'sent');
});
