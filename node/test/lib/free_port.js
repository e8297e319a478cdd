'use strict';
// freePort(dgram): a free port of 127.0.0.1 outside of the ephemeral range, so that it
// stays free. Each process starts its search at another port.
const LOWEST = 10000;
const COUNT = 20000;
const TRIES = 100;

let next = process.pid * 32;

function isFree(dgram, port) {
  return new Promise((resolve) => {
    const socket = dgram.createSocket('udp4');
    socket.on('error', () => socket.close(() => resolve(false)));
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () =>
      socket.close(() => resolve(true)));
  });
}

module.exports = async (dgram) => {
  for (let i = 0; i < TRIES; i++) {
    const port = LOWEST + next++ % COUNT;
    if (await isFree(dgram, port)) return port;
  }
  throw new Error('no port is free');
};
