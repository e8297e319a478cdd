'use strict';
const assert = require('node:assert');
const { spawn, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { setTimeout } = require('node:timers/promises');
const dgram = require('../..');

// Sockets as systemd binds them. Their datagrams wait until a program reads them.
async function open(type, ...address) {
  const socket = dgram.createSocket(type);
  socket.bind(...address).pause();
  await once(socket, 'listening');
  const { port } = socket.address();
  return { port, fd: socket.detach().fd };
}

// Ends with the datagram of which it gets the number. Only the shell knows the pid.
async function runOnce({ file }, fds, count) {
  const child = spawn('sh', [
    '-c', 'LISTEN_PID=$$ LISTEN_FDS=2 LISTEN_FDNAMES=network:local exec "$@"', 'sh',
    process.execPath, file, 0, count,
  ], { stdio: ['ignore', 'pipe', 'inherit', ...fds], timeout: 60000 });
  let output = '';
  child.stdout.on('data', (data) => output += data);
  const [status] = await once(child, 'close');
  assert.strictEqual(status, 0, output);
  return output;
}

async function own(run) {
  const server = run.start(0, 1);
  const client = dgram.createSocket('udp4');
  client.send('own', await server.port(), '127.0.0.1');
  assert.strictEqual(String((await once(client, 'message'))[0]), 'own');
  client.close();
  await server.ended();
}

module.exports = {
  async 'activated_echo.js'(run) {
    const local = path.join(run.folder, 'local');
    const udp = await open('udp4', 0, '127.0.0.1');
    const unix = await open('unix_dgram', local);
    const clients = [dgram.createSocket('udp4'), dgram.createSocket('unix_dgram')];
    const answers = [];
    clients[1].bind(path.join(run.folder, 'client'));
    try {
      for (const one of clients) one.on('message', (msg) => answers.push(String(msg)));
      for (const text of ['a', 'b', 'c']) clients[0].send(text, udp.port, '127.0.0.1');
      const output = await runOnce(run, [udp.fd, unix.fd], 3);
      assert.match(output, /^network: listening 127\.0\.0\.1 \d+$/m);
      assert.ok(output.includes(`local: listening ${local} 0`), output);
      clients[0].send('d', udp.port, '127.0.0.1'); // waits for the next process
      clients[1].send('e', local);
      await runOnce(run, [udp.fd, unix.fd], 2);
      while (answers.length < 5) await setTimeout(5);
      assert.deepStrictEqual(answers.sort(), ['a', 'b', 'c', 'd', 'e']);
    } finally {
      for (const one of clients) one.close();
      for (const { fd } of [udp, unix]) fs.closeSync(fd);
    }
    await own(run);
    for (const count of ['1e9', '-1', 'two']) {
      const { status, stderr } = spawnSync('sh', [
        '-c', `LISTEN_PID=$$ LISTEN_FDS=${count} exec "$@"`, 'sh', process.execPath, run.file, 0,
      ], { encoding: 'utf8', timeout: 20000 });
      assert.strictEqual(status, 1);
      assert.match(stderr, new RegExp(`LISTEN_FDS is ${count}`));
    }
  },
};
