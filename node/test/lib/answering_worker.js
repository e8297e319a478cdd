'use strict';
// A cluster worker shares its socket, asks for information and answers.
const cluster = require('node:cluster');
const { once } = require('node:events');
const dgram = require('../..');

async function work() {
  const server = dgram.createSocket({ type: 'udp4', recvInfo: true });
  server.bind(0);
  await once(server, 'listening');
  const client = dgram.createSocket('udp4');
  server.on('message', (msg, rinfo) => {
    console.log(`request to ${rinfo.localAddress} by ${rinfo.interface}`);
    server.reply(rinfo, 'answer');
  });
  client.send('request', server.address().port, '127.0.0.6');
  const [, { address }] = await once(client, 'message');
  console.log(`answer from ${address}`);
  server.close();
  client.close();
  process.disconnect();
}

if (cluster.isPrimary) cluster.fork();
else work();
