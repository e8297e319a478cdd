'use strict';
// The examples, with libdgram and with node:dgram. Only the name of the module and the
// port are changed.
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const dgram = require('node:dgram');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, describe, test } = require('node:test');
const freePort = require('../lib/free_port');

const root = path.join(__dirname, '..', '..');
const source = path.join(root, 'examples');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-examples-'));
fs.mkdirSync(path.join(folder, 'node_modules'));
fs.symlinkSync(root, path.join(folder, 'node_modules', 'libdgram'));
after(() => fs.rmSync(folder, { recursive: true }));

async function bound() {
  const socket = dgram.createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, port: socket.address().port };
}

let count = 0;

function start(name, module, port) {
  const text = fs.readFileSync(path.join(source, name), 'utf8');
  assert.match(text, /'libdgram'/);
  const file = path.join(folder, `${count++}-${name}`);
  fs.writeFileSync(file, text.replace("'libdgram'", `'${module}'`)
    .replace('41234', port));
  return spawn(process.execPath, ['--no-warnings', file], { timeout: 60000 });
}

async function outputOf(child) {
  let output = '';
  child.stdout.on('data', (data) => output += data);
  child.stderr.on('data', (data) => output += data);
  await once(child, 'close');
  return output;
}

const expected = {
  abort: 'closed\n',
  cluster_membership: /^(joined\nEADDRINUSE|EADDRINUSE\njoined)\n$/,
  exclusive: 'bound to 127.0.0.1\n',
  multicast_interface: /^(?=[^]*udp6: eth1)(?=[^]*udp4: setMulticastInterface EADDRNOTAVAIL)/,
};

async function runQuiet(name, module, pattern) {
  const output = await outputOf(start(name, module, await freePort(dgram)));
  if (typeof pattern === 'string') assert.strictEqual(output, pattern);
  else assert.match(output, pattern);
}

async function runSender(name, module) {
  const { socket, port } = await bound();
  const got = once(socket, 'message');
  assert.strictEqual(await outputOf(start(name, module, port)), 'sent\n');
  assert.strictEqual((await got)[0].toString(), 'Some bytes');
  socket.close();
}

async function runServer(name, module) {
  const { socket, port: own } = await bound();
  const port = await freePort(dgram);
  const child = start(name, module, port);
  const [first] = await once(child.stdout, 'data');
  assert.strictEqual(String(first), `server listening 0.0.0.0:${port}\n`);
  socket.send('hello', port, '127.0.0.1');
  const [second] = await once(child.stdout, 'data');
  assert.strictEqual(String(second), `server got: hello from 127.0.0.1:${own}\n`);
  socket.close();
  child.kill();
  await once(child, 'close');
}

describe('the examples', { concurrency: 4 }, () => {
  for (const name of fs.readdirSync(source)) {
    for (const module of ['libdgram', 'node:dgram']) {
      test(`${name} with ${module}`, () => {
        const stem = name.replace(/\..*/, '');
        if (stem === 'server') return runServer(name, module);
        if (stem in expected) return runQuiet(name, module, expected[stem]);
        return runSender(name, module);
      });
    }
  }
});
