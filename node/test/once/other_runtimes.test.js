'use strict';
// Bun and Deno, if the packages of the benchmark are installed: the package is a fallback
// over their own node:dgram, which libdgram/register leaves in place, with one warning.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');

const root = path.join(__dirname, '..', '..');
const modules = path.join(root, 'bench', 'node_modules');
const bun = path.join(modules, '@oven', 'bun-linux-x64', 'bin', 'bun');
const deno = path.join(modules, '@deno', 'linux-x64-glibc', 'deno');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'other-runtimes-'));
after(() => fs.rmSync(folder, { recursive: true }));

// In node_modules, because Deno derives the kind of a module from its place.
const installed = path.join(folder, 'node_modules', 'libdgram');
const register = path.join(installed, 'lib', 'register.js');
for (const name of ['lib', 'package.json', path.join('native', 'build', 'Release', 'dgram.node')])
  fs.cpSync(path.join(root, name), path.join(installed, name), { recursive: true });

function write(name, text) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
}

const talk = `
  const socket = createSocket('udp4', (msg) => {
    console.log(String(msg), typeof socket.sendMany);
    socket.close();
  });
  socket.bind(0, '127.0.0.1', () =>
    socket.send('over', socket.address().port, '127.0.0.1'));`;

const requires = write('requires.cjs',
                       `const { createSocket } = require('libdgram');${talk}`);
const imports = write('imports.mjs',
                      `import { createSocket } from 'libdgram';${talk}`);
write('package.json', '{}');
const plain = write('plain.cjs',
                    `const { createSocket } = require('node:dgram');${talk}`);
const thread = write('thread.cjs', `
  const { Worker } = require('node:worker_threads');
  require('libdgram');
  new Worker('${requires}').on('exit', () => process.exit());`);
const promises = write('promises.mjs', `
  import { createSocket } from 'libdgram/promises';
  const server = createSocket('udp4');
  const { port } = await server.bind(0, '127.0.0.1');
  const received = server.receive();
  await server.send('over', port, '127.0.0.1');
  const [msg] = await received;
  const loop = (async () => {
    for await (const [text] of server) {
      console.log(String(msg), String(text));
      server.close();
    }
  })();
  await server.send('undefined', port, '127.0.0.1');
  await loop;`);

// What the package adds to the sockets of the host.
const features = write('features.mjs', `
  import { once } from 'node:events';
  import { BlockList } from 'node:net';
  import dgram, { native, reason } from 'libdgram';

  const own = '127.0.0.1';
  const open = async (options) => {
    const socket = dgram.createSocket({ type: 'udp4', ...options });
    socket.bind(0, own);
    await once(socket, 'listening');
    return socket;
  };
  const portOf = (socket) => socket.address().port;
  const result = (call) => new Promise((resolve) => call((...args) => resolve(args)));
  const take = async (socket, count) => {
    const list = [];
    for await (const [msg] of socket) if (list.push(String(msg)) === count) return list;
  };
  const codeOf = (call) => {
    try {
      return call();
    } catch (err) {
      return err.code;
    }
  };

  console.log('native', native, reason);

  {
    const socket = await open();
    const list = [];
    socket.on('messages', (all) => list.push(...all.map(({ msg }) => String(msg))));
    console.log('sendMany', ...await result((done) =>
      console.log('accepted', socket.sendMany(['a', ['b', 'b'], 'c'], portOf(socket), done))));
    while (list.length < 3) await once(socket, 'messages');
    console.log('messages', ...list);
    socket.close();
  }
  {
    const socket = await open();
    const texts = Array.from({ length: 50 }, (_, i) => String(i));
    for (const text of texts) socket.send(text, portOf(socket), own);
    console.log('loop', (await take(socket, 50)).join() === texts.join());
    socket.close();
  }
  {
    const socket = await open();
    const got = [];
    socket.on('message', (msg) => got.push(String(msg))).pause();
    for (const text of ['a', 'b'])
      await result((done) => socket.send(text, portOf(socket), own, done));
    await new Promise((resolve) => setTimeout(resolve, 50));
    console.log('paused', ...got);
    socket.resume();
    while (got.length < 2) await once(socket, 'message');
    console.log('resumed', ...got);
    socket.close();
  }
  {
    const socket = await open({ sendHighWaterMark: 1000 });
    const drained = once(socket, 'drain');
    const codes = await Promise.all(Array.from({ length: 6 }, () =>
      result((done) => socket.send('x', portOf(socket), own, done))));
    console.log('mark', ...codes.map(([err]) => (err ? err.code : 'sent')));
    await drained;
    console.log('drain', socket.writableLength);
    socket.close();
  }
  {
    const socket = await open({ lookupTTL: 60000 });
    for (let i = 0; i < 2; i++)
      await result((done) => socket.send('named', portOf(socket), 'localhost', done));
    console.log('lookupTTL', await take(socket, 2));
    socket.close();
  }
  {
    const receiveBlockList = new BlockList();
    receiveBlockList.addAddress(own);
    const [from, to] = [await open(), await open({ receiveBlockList })];
    to.on('message', () => console.log('not blocked'));
    await result((done) => from.send('x', portOf(to), own, done));
    while (to.getStats().blocked === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    console.log('blocked');
    from.close();
    to.close();
  }
  {
    const [client, server] = [await open(), await open()];
    server.on('message', (msg, rinfo) => server.reply(rinfo, 'answer'));
    const answer = once(client, 'message');
    client.connect(portOf(server), own);
    await once(client, 'connect');
    const writer = client.writable().getWriter();
    await writer.write('question');
    console.log('reply', String((await answer)[0]));
    client.close();
    server.close();
  }
  {
    const socket = dgram.createSocket('udp4');
    socket.bind(0);
    await once(socket, 'listening');
    socket.addMembership('239.7.7.7', { interface: 'all' });
    console.log('joined', socket.getMemberships().every(({ all }) => all));
    socket.dropMembership('239.7.7.7', { interface: 'all' });
    console.log('left', socket.getMemberships().length);
    socket.close();
  }
  {
    const socket = await open({ pooled: true, offload: 'on', deferSends: true, busyPoll: 1 });
    for (const [name, ...args] of [['setTypeOfService', 300], ['setTypeOfService', 4],
                                   ['getPathMTU', own], ['setTTL', 'x'], ['send', 5],
                                   ['sendMany', 5], ['setDontFragment', true], ['detach']])
      console.log(name, codeOf(() => socket[name](...args)));
    socket.close();
    console.log('unix', codeOf(() => dgram.createSocket('unix_dgram')));
  }
`);
const featured = (name) => `native false ${name} does not have the libuv that the addon uses
accepted 3
sendMany null 4
messages a bb c
loop true
paused
resumed a b
mark sent sent sent sent ENOBUFS ENOBUFS
drain 0
lookupTTL [ "named", "named" ]
blocked
reply answer
joined true
left 0
setTypeOfService ERR_OUT_OF_RANGE
setTypeOfService ENOTSUP
getPathMTU ENOTSUP
setTTL ERR_INVALID_ARG_TYPE
send ERR_INVALID_ARG_TYPE
sendMany ERR_INVALID_ARG_TYPE
setDontFragment ENOTSUP
detach ENOTSUP
unix ENOTSUP
`;

const whole = [[requires], [imports], [thread]].map((args) => [args, 'over function\n', 0]);
const registered = (...args) => [[...args, register, plain], 'over undefined\n', 1];
const runtimes = {
  Bun: [bun, [], [...whole, [[promises], 'over undefined\n', 0],
                  registered('--preload'), registered('--import'), registered('--require'),
                  [[features], featured('Bun'), 0]]],
  Deno: [deno, ['run', '-A'], [...whole, [[promises], 'over undefined\n', 0],
                               registered('--preload'), registered('--import'),
                               [[features], featured('Deno'), 0]]],
};

for (const [name, [binary, first, ways]] of Object.entries(runtimes)) {
  const skip = fs.existsSync(binary) ? false : `${name} is not installed`;
  for (const [args, expected, warnings] of ways) {
    const label = args.map((arg) => path.basename(arg)).join(' ');
    test(`${name} ${label}`, { skip }, () => {
      const { status, stdout, stderr } = spawnSync(binary, [...first, ...args], {
        encoding: 'utf8', timeout: 60000, cwd: folder,
      });
      assert.strictEqual(status, 0, stderr);
      assert.strictEqual(stdout, expected);
      assert.strictEqual(stderr.match(/LibdgramWarning/g)?.length ?? 0, warnings, stderr);
    });
  }
}
