'use strict';
// node receiver.js MODULE HOW SECONDS: counts messages for SECONDS, after a warm-up. HOW:
// each ('message'), pooled, many ('messages'), iterator (for await). Prints "ready PORT",
// then the result (counter.js).
const counter = require('./counter');
const [name, how, seconds] = process.argv.slice(2);
// Deno's node:dgram would make a buffer of that size for each datagram.
const recvBufferSize = globalThis.Deno ? undefined : 4 << 20;
const socket = require(name).createSocket({
  type: 'udp4', recvBufferSize, pooled: how === 'pooled',
});
const add = counter(seconds);

async function iterate() {
  for await (const [msg] of socket) add(msg.length > 0 ? 1 : 0);
}

if (how === 'many') socket.on('messages', (list) => add(list.length));
else if (how === 'iterator') iterate();
else socket.on('message', () => add(1));
socket.bind(0, '127.0.0.1', () => console.log('ready', socket.address().port));
