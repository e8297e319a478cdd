'use strict';
const assert = require('node:assert');
const { setTimeout } = require('node:timers/promises');
const dgram = require('../..');

const COUNT = 1000;
const IN_FLIGHT = 50; // fits in the receive buffer

module.exports = {
  async 'graceful_cluster.js'(run) {
    const server = run.start(0, 2);
    const port = await server.port();
    await server.port(); // of the second worker
    const client = dgram.createSocket('udp4');
    const answers = new Map();
    let sent = 0;
    const sendMore = () => {
      while (sent < COUNT && sent - answers.size < IN_FLIGHT)
        client.send(String(sent++), port, '127.0.0.1');
    };
    client.on('message', (msg) => answers.set(String(msg), (answers.get(String(msg)) ?? 0) + 1));
    try {
      server.child.kill('SIGHUP');
      let restarted = false;
      (async () => {
        while (await server.next() !== 'restarted');
        restarted = true;
      })();
      while (!restarted || answers.size < sent) {
        if (!restarted) sendMore();
        await setTimeout(2);
      }
      assert.ok([...answers.values()].every((times) => times === 1));
      server.child.kill('SIGTERM');
      await server.ended();
    } finally {
      client.close();
    }
  },
};
