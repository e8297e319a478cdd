'use strict';
// On macOS the kernel does not report when a full peer of unix-dgram has space, and the
// socket is writable all the time. So 'writable' comes after some time, not at once again
// and again, and what is sent then arrives.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const test = require('./lib/needs_native')('Unix sockets');

const program = `
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  const { addon } = require('../lib/load_addon').load();
  addon.awaitWritable = () => { throw new Error('the kernel was asked'); };
  const unix = require('../lib/unix_dgram');
  const fs = require('node:fs');
  const folder = fs.mkdtempSync('/tmp/dgram-space-');
  const server = unix.createSocket('unix_dgram');
  const client = unix.createSocket('unix_dgram');
  server.bind(folder + '/server');
  client.connect(folder + '/server');
  let sent = 0, received = 0, congested = 0, isEnding = false;
  function fill() {
    for (let isFull = false; !isFull;) {
      client.send(Buffer.alloc(1000), (err) => {
        isFull = err !== undefined;
        if (isFull) congested++;
        else sent++;
      });
    }
  }
  server.on('message', () => {
    received++;
    if (isEnding && received === sent) finish();
  });
  function finish() {
    console.log(JSON.stringify({ congested, isWhole: sent === received }));
    server.close();
    fs.rmSync(folder, { recursive: true });
  }
  client.once('writable', () => {
    fill();
    client.once('writable', () => {
      isEnding = true;
      client.close();
      if (received === sent) finish();
    });
  });
  fill();`;

test("'writable' comes without a report of the kernel", () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', program],
                                       { cwd: __dirname, encoding: 'utf8', timeout: 60000 });
  assert.strictEqual(stderr, '');
  assert.deepStrictEqual(JSON.parse(stdout), { congested: 2, isWhole: true });
});
