'use strict';
// node echo.js MODULE [deferred]: returns each datagram. Prints "ready PORT".
const [name, deferred] = process.argv.slice(2);
const socket = require(name).createSocket({
  type: 'udp4', deferSends: deferred !== undefined,
});
socket.on('message', (msg, { port, address }) => socket.send(msg, port, address));
socket.bind(0, '127.0.0.1', () => console.log('ready', socket.address().port));
