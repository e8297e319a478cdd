'use strict';
// Exchanges 1,000 datagrams between two sockets, then prints what was used for it.
const { EventEmitter } = require('node:events');
const dgram = require('libdgram');
const promises = require('libdgram/promises');

const COUNT = 1000;
const BATCH = 50; // fits in any receive buffer

const server = dgram.createSocket('udp4');
server.on('messages', (list) => {
  server.sendMany(list.map(({ msg, rinfo: { port, address } }) =>
    ({ msg: Buffer.from(msg), port, address })));
});

const client = dgram.createSocket('udp4');
let sent = 0;
let answered = 0;

function sendBatch() {
  const batch = Array.from({ length: BATCH }, () => `datagram ${sent++}`);
  client.sendMany(batch, server.address().port, '127.0.0.1');
}

client.on('message', () => {
  answered++;
  if (answered === COUNT) report();
  else if (answered === sent) sendBatch();
});

async function report() {
  client.close();
  server.close();
  const socket = promises.createSocket('udp4');
  const { port } = await socket.bind(0, '127.0.0.1');
  await socket.send('promised', port, '127.0.0.1');
  const [msg] = await socket.receive();
  await socket.close();
  console.log(JSON.stringify({
    answered,
    promised: String(msg),
    native: dgram.native,
    names: [dgram.Socket.name, dgram.createSocket.name, promises.PromiseSocket.name],
    methods: ['sendMany', 'sendOne', 'reply', 'readable', 'writable', 'iterate']
      .filter((name) => typeof client[name] === 'function'),
  }));
  module.exports.emit('end');
}

module.exports = new EventEmitter();
server.bind(0, '127.0.0.1', sendBatch);
