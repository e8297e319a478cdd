'use strict';
// Two workers bind to one port: both succeed, and every datagram is answered.
const cluster = require('node:cluster');
const freePort = require('../lib/free_port');

const COUNT = 40;

module.exports.primary = ({ dgram, log, workers }) => {
  cluster.on('listening', (worker, { address, addressType, port, fd }) => {
    log('listening', address, addressType, port, fd);
  });
  const client = dgram.createSocket('udp4');
  const answers = new Set();
  let port;
  let bound = 0;
  workers.forEach((worker) => worker.on('message', ({ at, data }) => {
    if (at !== 'bound') return;
    port ??= data;
    log('same port', data === port);
    if (++bound < workers.length) return;
    for (let i = 0; i < COUNT; i++) client.send(`question ${i}`, port, '127.0.0.1');
  }));
  client.on('message', (msg) => {
    answers.add(`${msg}`);
    if (answers.size < COUNT) return;
    log('all answered');
    client.close();
    for (const worker of workers) worker.disconnect();
  });
};

module.exports.run = async ({ dgram, log, meet }) => {
  // All use the free port that the first one found.
  const [port] = await meet('found', await freePort(dgram));
  const socket = dgram.createSocket('udp4');
  socket.on('message', (msg, { address, port: from }) =>
    socket.send(`answer to ${msg}`, from, address));
  socket.on('close', () => log('close'));
  socket.bind(port, '127.0.0.1', () => {
    log('bound', socket.address().address);
    meet('bound', socket.address().port);
  });
};
