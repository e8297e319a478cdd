'use strict';
// node echo.js MODULE: sends everything back. Prints "ready PORT".
const socket = require(process.argv[2]).createSocket('udp4');
socket.on('message', (msg, { port, address }) => socket.send(msg, port, address));
socket.bind(0, '127.0.0.1', () => console.log('ready', socket.address().port));
