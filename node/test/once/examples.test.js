'use strict';
// The examples, with libdgram and, if they call nothing that is libdgram's own, with
// node:dgram. Only the name of the module and the port are changed.
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const dgram = require('node:dgram');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { createInterface } = require('node:readline');
const { after, describe, test } = require('node:test');
const libdgram = require('../..');
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

const skip = process.platform === 'linux' ? false : 'the calls are for Linux';
let count = 0;

// Of the socket file of an example: ports are free, so paths are, too.
const pathOf = (port) => path.join(folder, `${port}.sock`);

function start(name, module, port) {
  const text = fs.readFileSync(path.join(source, name), 'utf8');
  assert.match(text, /'libdgram(\/promises)?'/);
  const file = path.join(folder, `${count++}-${name}`);
  fs.writeFileSync(file, text.replace("'libdgram'", `'${module}'`)
    .replace(/\b(41234|5353)\b/, port)
    .replace(/'\/(run|dev)\/.*'/, `'${pathOf(port)}'`));
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

async function runOwn(name, run) {
  const client = libdgram.createSocket({ type: 'udp4', recvInfo: true });
  const port = await freePort(dgram);
  const child = start(name, 'libdgram', port);
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => (await lines.next()).value;
  child.stderr.pipe(process.stderr);
  try {
    await run({ client, port, child, next });
  } finally {
    client.close();
    child.kill('SIGKILL');
  }
}

const listening = (port) => `server listening 0.0.0.0:${port}`;

const own = {
  async multihomed_server({ client, port, next }) {
    assert.strictEqual(await next(), listening(port));
    for (const address of ['127.0.0.1', '127.0.0.9']) {
      client.send('hello', port, address);
      const [msg, rinfo] = await once(client, 'message');
      assert.strictEqual(`${msg}`, `${address} got hello`);
      assert.strictEqual(rinfo.address, address);
      assert.strictEqual(await next(), `${msg}`);
    }
  },

  async ecn_echo({ client, port, next }) {
    assert.strictEqual(await next(), listening(port));
    for (const [ecn, mark] of [[0, 'not ECT'], [1, 'ECT(1)'], [2, 'ECT(0)'], [3, 'CE']]) {
      client.sendOne({ msg: 'it', port, address: '127.0.0.9',
                       typeOfService: libdgram.tos(46, ecn) });
      const [msg, rinfo] = await once(client, 'message');
      assert.strictEqual(`${msg}`, `it arrived with ${mark}`);
      assert.strictEqual(rinfo.address, '127.0.0.9');
      assert.strictEqual(rinfo.typeOfService, libdgram.tos(46, 2));
      assert.strictEqual(await next(), `${msg}`);
    }
  },

  // Each request is answered once, by whichever thread has the server.
  async threads({ client, port, next }) {
    assert.strictEqual(await next(), listening(port));
    const got = [];
    let sent = 0;
    client.on('message', (msg) => got.push(`${msg}`));
    const timer = setInterval(() => {
      client.sendMany([`request ${sent++}`, `request ${sent++}`], port, '127.0.0.1');
    }, 1);
    assert.strictEqual(await next(), 'the worker has it');
    clearInterval(timer);
    client.send(`request ${sent++}`, port, '127.0.0.1');
    while (got.length < sent) await once(client, 'message');
    assert.deepStrictEqual(
      new Set(got.map((text) => Number(text.match(/^request (\d+) from thread [01]$/)[1]))),
      new Set(Array.from({ length: sent }, (_, i) => i)));
    assert.strictEqual(got.length, sent);
    assert.ok(got.includes('request 0 from thread 0'));
    assert.ok(got.includes(`request ${sent - 1} from thread 1`));
  },

  // The port is closed.
  async path_mtu({ next }) {
    assert.strictEqual(await next(), 'sending 65507 bytes');
    assert.match(await next(), /^127\.0\.0\.1: ECONNREFUSED/);
  },

  async slow_server({ client, port, child, next }) {
    assert.strictEqual(await next(), listening(port));
    const ended = once(child, 'exit');
    const received = client.iterate();
    client.sendMany(['a', 'b', 'quit'], port, '127.0.0.9');
    for (const text of ['a', 'b', 'quit']) {
      assert.strictEqual(await next(), `did ${text} for 127.0.0.1`);
      const [msg, rinfo] = (await received.next()).value;
      assert.strictEqual(`${msg}`, `did ${text}`);
      assert.strictEqual(rinfo.address, '127.0.0.9');
    }
    assert.strictEqual((await ended)[0], 0);
  },

  async syslog({ port, child, next }) {
    const daemon = libdgram.createSocket('unix_dgram');
    daemon.bindSync(pathOf(port));
    child.stdin.write('first\n');
    const [msg] = await once(daemon, 'message');
    assert.strictEqual(`${msg}`, `<14>example[${child.pid}]: first`);
    daemon.close();
    child.stdin.write('second\n');
    const [line] = await once(child.stderr, 'data');
    assert.match(`${line}`, /^not logged: second: (ENOENT|ECONNREFUSED)\n$/);
    fs.rmSync(pathOf(port), { force: true });
    const restarted = libdgram.createSocket('unix_dgram');
    restarted.bindSync(pathOf(port));
    child.stdin.end('third\n');
    const [third] = await once(restarted, 'message');
    assert.strictEqual(`${third}`, `<14>example[${child.pid}]: third`);
    assert.strictEqual(await next(), undefined);
    restarted.close();
  },

  // Nothing reads while the program is stopped.
  async drop_monitor({ client, port, child, next }) {
    assert.strictEqual(await next(), listening(port));
    const messages = new Array(1000).fill(Buffer.alloc(1000));
    let line;
    do {
      child.kill('SIGSTOP');
      await new Promise((done) => client.sendMany(messages, port, '127.0.0.1', done));
      child.kill('SIGCONT');
      line = await next();
    } while (line.endsWith('dropped 0'));
    assert.match(line, /^received \d+, dropped [1-9]\d*$/);
  },
};

// Those of examples_lose_nothing.test.js.
const others = ['relay.mjs', 'statsd_client.mjs'];

describe('the examples', { concurrency: 4 }, () => {
  for (const name of fs.readdirSync(source)) {
    if (others.includes(name)) continue;
    const run = own[name.replace(/\..*/, '')];
    if (run) {
      test(name, { skip, timeout: 30000 }, () => runOwn(name, run));
      continue;
    }
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
