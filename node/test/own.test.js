'use strict';
// Features that node:dgram does not have, and use in threads, processes and packages.
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const { once } = require('node:events');
const path = require('node:path');
const { test: unbounded } = require('node:test');
const { pathToFileURL } = require('node:url');
const { Worker } = require('node:worker_threads');
const dgram = require('..');
const testNative = require('./lib/needs_native')('register replaces nothing without it');

const LIMIT = 120000; // one second of CPU time may take thirty on a busy machine
const test = (name, run) => unbounded(name, { timeout: LIMIT }, run);
const root = path.join(__dirname, '..');

async function pair(options) {
  const server = dgram.createSocket({
    type: 'udp4', recvBufferSize: 1 << 21, ...options,
  });
  const client = dgram.createSocket('udp4');
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, client, port: server.address().port };
}

test("'messages' emits all datagrams at once", async () => {
  const { server, client, port } = await pair();
  const got = [];
  const all = new Promise((resolve) => {
    server.on('messages', (list) => {
      for (const { msg, rinfo } of list) {
        assert.strictEqual(rinfo.size, msg.length);
        assert.strictEqual(rinfo.address, '127.0.0.1');
        got.push(msg.toString());
      }
      if (got.length === 500) resolve();
    });
  });
  const sent = Array.from({ length: 500 }, (_, i) => `number ${i}`);
  const bytes = await new Promise((resolve, reject) => {
    client.sendMany(sent, port, '127.0.0.1',
                    (err, n) => (err ? reject(err) : resolve(n)));
  });
  await all;
  assert.deepStrictEqual(got, sent);
  assert.strictEqual(bytes, sent.join('').length);
  server.close();
  client.close();
});

test('sendMany() takes a destination for each message', async () => {
  const { server, client, port } = await pair();
  const got = [];
  server.on('message', (msg) => got.push(msg.toString()));
  await new Promise((resolve) => client.sendMany([
    { msg: 'a', port, address: '127.0.0.1' },
    { msg: ['b', 'c'], port },
  ], resolve));
  while (got.length < 2) await once(server, 'message');
  assert.deepStrictEqual(got, ['a', 'bc']);
  server.close();
  client.close();
});

test('sendMany() calls back once', async () => {
  const { server, client, port } = await pair();
  let calls = 0;
  const sum = (...args) => new Promise((resolve, reject) => {
    client.sendMany(...args, (err, bytes) => {
      calls++;
      return err ? reject(err) : resolve(bytes);
    });
  });
  assert.strictEqual(await sum(['a', 'bc'], port, '127.0.0.1'), 3);
  assert.strictEqual(await sum(['a', 'bc'], port), 3);
  assert.strictEqual(await sum([{ msg: 'a', port }, { msg: 'bc', port }]), 3);
  assert.strictEqual(await sum([]), 0);
  client.connect(port);
  await once(client, 'connect');
  assert.strictEqual(await sum(['a', 'bc']), 3);
  assert.strictEqual(calls, 5);
  server.close();
  client.close();
});

test('deferred datagrams arrive and call back in order', async () => {
  const { server, client, port } = await pair();
  const own = dgram.createSocket({ type: 'udp4', deferSends: true });
  const got = [];
  server.on('message', (msg) => got.push(msg.toString()));
  own.connect(port, '127.0.0.1');
  await once(own, 'connect');
  const steps = [];
  const sent = (err, bytes) => steps.push(err ?? bytes);
  own.send('a', sent);
  own.send('bc');
  process.nextTick(() => steps.push('tick'));
  client.send('other', port, '127.0.0.1', sent);
  own.send(Buffer.alloc(65508), (err) => steps.push(err.code));
  own.send(['d', 'e', 'f'], sent);
  while (got.length < 4) await once(server, 'message');
  assert.deepStrictEqual(got, ['a', 'bc', 'def', 'other']);
  assert.deepStrictEqual(steps, [1, 'tick', 'EMSGSIZE', 3, 5]);
  own.close();
  server.close();
  client.close();
});

test('deferred answers arrive, also after a listener that throws', () => {
  const { status, stdout, stderr } = run(['-e', `
    const dgram = require(${JSON.stringify(root)});
    const server = dgram.createSocket({ type: 'udp4', deferSends: true });
    const client = dgram.createSocket('udp4');
    process.on('uncaughtException', () => {});
    let asked = 0;
    let answered = 0;
    server.on('message', (msg, { port, address }) => {
      server.send(msg, port, address);
      if (++asked % 7 === 0) throw new Error('in a listener');
    });
    client.on('message', () => {
      if (++answered < 100) return;
      console.log('all');
      server.close();
      client.close();
    });
    server.bind(0, '127.0.0.1', () => {
      for (let i = 0; i < 100; i++)
        client.send('x', server.address().port, '127.0.0.1');
    });`]);
  assert.strictEqual(status, 0, stderr);
  assert.strictEqual(stdout, 'all\n');
});

test('pooled messages keep their bytes', async () => {
  const { server, client, port } = await pair({ pooled: true });
  const kept = [];
  const all = new Promise((resolve) => {
    server.on('message', (msg) => kept.push(msg) === 150 && resolve());
  });
  for (let i = 0; i < 150; i++)
    client.send(Buffer.alloc(1 + i * 3, i), port, '127.0.0.1');
  await all;
  kept.forEach((msg, i) =>
    assert.ok(msg.equals(Buffer.alloc(1 + i * 3, i)), `message ${i}`));
  server.close();
  client.close();
});

test('once() in a loop loses nothing', async () => {
  const { server, client, port } = await pair();
  for (let i = 0; i < 200; i++) client.send(`m${i}`, port, '127.0.0.1');
  for (let i = 0; i < 200; i++) {
    const [msg] = await once(server, 'message');
    assert.strictEqual(msg.toString(), `m${i}`);
  }
  server.close();
  client.close();
});

test('many sockets, many destinations', async () => {
  const servers = [];
  let got = 0;
  const client = dgram.createSocket('udp4');
  for (let i = 0; i < 100; i++) {
    const server = dgram.createSocket('udp4', () => got++);
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
  }
  for (const server of servers)
    client.send('x', server.address().port, '127.0.0.1');
  while (got < 100) await new Promise((resolve) => setTimeout(resolve, 5));
  for (const server of servers) server.close();
  client.close();
});

test('more destinations than the table has entries', async () => {
  const { server, client, port } = await pair();
  const ask = (to, address) => new Promise((resolve, reject) => {
    client.send('x', to, address, (err) => (err ? reject(err) : resolve()));
  });
  const sends = [];
  for (let i = 1; i < 5000; i++) sends.push(ask(i, '127.0.0.1'));
  await Promise.all(sends);
  const got = once(server, 'message');
  await ask(port, '127.0.0.1');
  await got;
  server.close();
  client.close();
});

test('a worker thread may end with open sockets', async () => {
  const code = `
    const dgram = require(${JSON.stringify(root)});
    const { parentPort } = require('node:worker_threads');
    for (let i = 0; i < 20; i++) {
      const s = dgram.createSocket('udp4', () => {});
      s.bind(0, '127.0.0.1', () => {
        const { port } = s.address();
        setInterval(() => s.send('x', port, '127.0.0.1', () => {}), 0);
        if (i === 19) parentPort.postMessage('ready');
      });
    }`;
  for (let i = 0; i < 3; i++) {
    const workers = [1, 2].map(() => new Worker(code, { eval: true }));
    await Promise.all(workers.map((worker) => once(worker, 'message')));
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
});

function run(args, options) {
  return spawnSync(process.execPath, ['--no-warnings', ...args],
                   { encoding: 'utf8', timeout: LIMIT, ...options });
}

test('the process may exit in any callback', () => {
  for (const where of ['message', 'listening', 'sent']) {
    const { status, signal, stderr } = run(['-e', `
      const dgram = require(${JSON.stringify(root)});
      const s = dgram.createSocket('udp4');
      s.on('message', () => '${where}' === 'message' && process.exit(7));
      s.bind(0, '127.0.0.1', () => {
        if ('${where}' === 'listening') process.exit(7);
        s.send('x', s.address().port, '127.0.0.1',
               () => '${where}' === 'sent' && process.exit(7));
      });`]);
    assert.strictEqual(signal, null);
    assert.strictEqual(status, 7, stderr);
  }
});

test('an uncaught exception ends the process', () => {
  const { status, stderr } = run(['-e', `
    const s = require(${JSON.stringify(root)}).createSocket('udp4');
    s.on('message', () => { throw new Error('out of a listener'); });
    s.bind(0, '127.0.0.1', () => s.send('x', s.address().port));`]);
  assert.strictEqual(status, 1);
  assert.match(stderr, /out of a listener/);
});

// The stack is small, so that the callbacks exceed the number of arguments of a call.
test('after a send callback throws, all others are called', () => {
  const { status, stdout, stderr } = run(['--stack-size=200', '-e', `
    const s = require(${JSON.stringify(root)}).createSocket('udp4');
    const called = [];
    process.on('uncaughtException', () => {});
    s.bind(0, '127.0.0.1', () => {
      for (let i = 0; i < 30000; i++) {
        s.send('x', s.address().port, '127.0.0.1', () => {
          called.push(i);
          if (called.length === 30000) {
            console.log(called.every((value, k) => value === k));
            s.close();
          }
          if (i < 9 || i === 29999) throw new Error('in a callback');
        });
      }
    });`]);
  assert.strictEqual(status, 0, stderr);
  assert.strictEqual(stdout, 'true\n');
});

test('unref lets the process end', () => {
  const { status } = run(['-e', `
    const s = require(${JSON.stringify(root)}).createSocket('udp4');
    s.bind(0, '127.0.0.1', () => s.unref());`]);
  assert.strictEqual(status, 0);
});

testNative('register replaces node:dgram for import and require', () => {
  const program = `
    import dgram, { createSocket } from 'node:dgram';
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const own = require(${JSON.stringify(root)}).createSocket;
    console.log([dgram.createSocket, createSocket,
      require('dgram').createSocket].every((f) => f === own));`;
  const output = execFileSync(process.execPath, [
    '--no-warnings', '--require', path.join(root, 'lib', 'register.js'),
    '--input-type=module', '-e', program,
  ], { encoding: 'utf8' });
  assert.strictEqual(output, 'true\n');
});

test('register without a binary leaves node:dgram and warns once', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', `
    process.dlopen = () => { throw new Error('no binary'); };
    const before = require('node:dgram').createSocket;
    require(${JSON.stringify(path.join(root, 'lib', 'register.js'))});
    console.log(require('node:dgram').createSocket === before);`],
  { encoding: 'utf8' });
  assert.strictEqual(stdout, 'true\n');
  assert.strictEqual(stderr.match(/LibdgramWarning/g).length, 1);
});

test('a worker of a cluster may bind to one port twice', () => {
  const { status, stdout, stderr } =
    run([path.join(__dirname, 'lib', 'cluster_twice.js')]);
  assert.strictEqual(status, 0, stderr);
  assert.deepStrictEqual(stdout.trim().split('\n').sort(),
                         ['still there', 'true', 'true', 'true true']);
});

test('import has named exports and a default one', async () => {
  const module = await import(pathToFileURL(path.join(root, 'lib', 'index.mjs')));
  assert.strictEqual(module.createSocket, dgram.createSocket);
  assert.strictEqual(module.default.Socket, dgram.Socket);
});

test('await using and asyncDispose close', async () => {
  const { asyncDispose } = require('../lib/host');
  if (!asyncDispose) return;
  const socket = dgram.createSocket('udp4');
  let closed = false;
  socket.on('close', () => {
    closed = true;
  });
  await socket[asyncDispose]();
  assert.ok(closed);
});
