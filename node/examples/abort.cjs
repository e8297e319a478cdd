'use strict';
// A socket that an AbortController closes.
const dgram = require('libdgram');

const controller = new AbortController();
const { signal } = controller;
const server = dgram.createSocket({ type: 'udp4', signal });
server.on('message', (msg, rinfo) => {
  console.log(`server got: ${msg} from ${rinfo.address}:${rinfo.port}`);
});
server.on('close', () => console.log('closed'));
server.bind(41234, () => {
  // Later, when the server is to end.
  controller.abort();
});
