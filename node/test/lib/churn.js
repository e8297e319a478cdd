'use strict';
// Creates, binds, uses and closes 20,000 sockets, which must leave neither memory nor
// descriptors. Run with --expose-gc.
const assert = require('node:assert');
const { once } = require('node:events');
const fs = require('node:fs');
const dgram = require('../..');

const SOCKETS = 20000;
const AT_ONCE = 100;
const WARM = 5000; // sockets before memory is first measured
const KEPT_MAX = 12 << 20; // bytes: less than 1 KiB for each socket since

function descriptors() {
  return fs.existsSync('/proc/self/fd') ?
    fs.readdirSync('/proc/self/fd').length : 0;
}

async function settle() {
  for (let i = 0; i < 5; i++) {
    global.gc();
    await new Promise(setImmediate);
  }
}

let sent = 0;

function one() {
  return new Promise((resolve, reject) => {
    const socket = dgram.createSocket('udp4');
    socket.on('error', reject);
    socket.on('message', () => socket.close());
    socket.on('close', resolve);
    socket.bind(0, '127.0.0.1', () => {
      socket.send('x', socket.address().port, '127.0.0.1', (err) => {
        if (err) reject(err);
        sent++;
      });
    });
  });
}

async function main() {
  const server = dgram.createSocket('udp4').bind(0, '127.0.0.1');
  await once(server, 'listening');
  const open = descriptors();
  let warm;
  for (let i = 0; i < SOCKETS; i += AT_ONCE) {
    await Promise.all(Array.from({ length: AT_ONCE }, one));
    if (i + AT_ONCE === WARM) {
      await settle();
      warm = process.memoryUsage().rss;
    }
  }
  await settle();
  const kept = process.memoryUsage().rss - warm;
  assert.strictEqual(sent, SOCKETS);
  assert.strictEqual(descriptors(), open);
  assert.ok(kept < KEPT_MAX, `${kept} bytes more`);
  server.close();
  console.log('nothing is left');
}

main();
