'use strict';
// A server that tells what comes to it.
const dgram = require('libdgram');

const server = dgram.createSocket('udp4');

server.on('error', (err) => {
  console.error(`server error:\n${err.stack}`);
  server.close();
});

server.on('message', (msg, rinfo) => {
  console.log(`server got: ${msg} from ${rinfo.address}:${rinfo.port}`);
});

server.on('listening', () => {
  const { address, port } = server.address();
  console.log(`server listening ${address}:${port}`);
});

server.bind(41234);
