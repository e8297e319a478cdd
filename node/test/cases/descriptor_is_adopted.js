'use strict';
const fs = require('node:fs');
const net = require('node:net');

module.exports = ({ dgram, attempt, log }) => {
  const file = fs.openSync(__filename, 'r');
  attempt('file', () => dgram.createSocket('udp4').bind({ fd: file }));
  attempt('closed', () => dgram.createSocket('udp4').bind({ fd: 987 }));
  const null_ = fs.openSync('/dev/null', 'r');
  attempt('null', () => dgram.createSocket('udp4').bind({ fd: null_ }));
  const server = net.createServer().listen(0, '127.0.0.1', () => {
    attempt('tcp', () => dgram.createSocket('udp4').bind({ fd: server._handle.fd }));
    server.close();
    for (const fd of [0, -1, '5', 1.5, null]) {
      const socket = dgram.createSocket('udp4');
      socket.bind({ fd, port: 0, address: '127.0.0.1' }, () => {
        log('bound', String(fd), socket.address().address);
        socket.close();
      });
    }
  });
};
