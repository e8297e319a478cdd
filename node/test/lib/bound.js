'use strict';
// bound([onMessage]): a socket of node:dgram on 127.0.0.1 and a free port. It does not keep
// the process running, so a test that fails ends, too.
const dgram = require('node:dgram');
const { once } = require('node:events');

module.exports = async (onMessage) => {
  const socket = dgram.createSocket('udp4', onMessage);
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket.unref();
};
