'use strict';
const assert = require('node:assert');
const { setTimeout } = require('node:timers/promises');
const dgram = require('../..');

const COUNT = 1000;
const IN_FLIGHT = 50; // fits in the receive buffer

// Restarts the workers. Calls `onWorker` with the process ID of each new one.
async function restart(server, onWorker = () => {}) {
  server.child.kill('SIGHUP');
  for (;;) {
    const line = await server.next();
    if (line === 'restarted') return;
    onWorker(Number(line.match(/^worker (\d+) listening/)[1]));
  }
}

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
      let restarted = false;
      const workers = [];
      restart(server, (pid) => workers.push(pid)).then(() => restarted = true);
      while (!restarted || answers.size < sent) {
        if (!restarted) sendMore();
        await setTimeout(2);
      }
      assert.ok([...answers.values()].every((times) => times === 1));
      // A worker that dies meanwhile does not stop the restart.
      await restart(server, () => {
        if (workers.length > 1) process.kill(workers.pop(), 'SIGKILL');
      });
      server.child.kill('SIGTERM');
      await server.ended();
    } finally {
      client.close();
    }
  },
};
