'use strict';
const assert = require('node:assert');
const path = require('node:path');
const dgram = require('../..');

const datagrams = ['hits:3|c', 'hits:1|c|@0.1', 'depth:7|g\nhits:1|c', 'x:|c\nx:1|c|@2',
                   'x:1|ms', `${'x'.repeat(64)}:1|c`, ':1|c', '\0',
                   '\x1b[2J:1|c', 'big:1e308|c', 'big:1e308|c'];
const expected = ['hits 14', 'depth 7', 'big 1e+308', 'refused 8'];

module.exports = {
  async 'statsd_sink.js'(run) {
    const udp = run.start(0, datagrams.length);
    const to = [await udp.port(), '127.0.0.1'];
    const local = path.join(run.folder, 'statsd');
    const unix = run.start(local, 1100);
    await unix.next();
    const sockets = [dgram.createSocket('udp4'), dgram.createSocket('unix_dgram')];
    try {
      for (const text of datagrams) sockets[0].send(text, ...to);
      for (let i = 0; i < 1100; i++) sockets[1].send(`name.${i}:1|c`, local);
      assert.deepStrictEqual((await udp.ended()).split('\n').slice(1, -1), expected);
      const lines = (await unix.ended()).split('\n').slice(1, -1);
      assert.strictEqual(lines.length, 1025); // names are limited
      assert.strictEqual(lines.at(-1), 'refused 76');
    } finally {
      for (const socket of sockets) socket.close();
    }
  },
};
