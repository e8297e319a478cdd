'use strict';
// Programs that replace parts of the language or of Node, or load the package twice, see
// the same as with node:dgram.
const assert = require('node:assert');
const { execFile, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, describe, test } = require('node:test');
const { promisify } = require('node:util');
const testNative = require('./lib/needs_native')('register replaces nothing without it');

const root = path.join(__dirname, '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'copies-'));
after(() => fs.rmSync(folder, { recursive: true }));

function run(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8', timeout: 60000,
  });
  assert.strictEqual(status, 0, stderr);
  assert.strictEqual(stderr, '');
  return stdout;
}

// ---- dns.lookup ----------------------------------------------------------------------

for (const when of ['before', 'after', 'restored']) {
  test(`a stub of dns.lookup, ${when}`, () => {
    const program = path.join(__dirname, 'lib', 'stubbed_lookup.js');
    assert.strictEqual(run(program, root, when), run(program, 'node:dgram', when));
  });
}

// ---- The language and Node's modules -----------------------------------------------------

// With node:dgram of Node 18, fewer parts can be replaced.
const skip = parseInt(process.versions.node, 10) < 20;

describe('replaced after the package was loaded', { concurrency: 2, skip }, () => {
  const program = path.join(__dirname, 'lib', 'replaced_world.js');
  for (const part of run(program).split('\n')) {
    test(`${part} is broken`, async () => {
      const [expected, own] = await Promise.all(['node:dgram', root].map((name) =>
        promisify(execFile)(process.execPath, [program, name, part],
                            { timeout: 60000 })));
      assert.ok(expected.stdout.split('\n').length > 25, expected.stdout);
      assert.strictEqual(own.stdout, expected.stdout);
    });
  }
});

// ---- Two copies of the package ---------------------------------------------------------

function copy(name) {
  const to = path.join(folder, name);
  fs.cpSync(path.join(root, 'lib'), path.join(to, 'lib'), { recursive: true });
  const binary = path.join('native', 'build', 'Release', 'dgram.node');
  fs.cpSync(path.join(root, binary), path.join(to, binary));
  return to;
}

const copies = [copy('one'), copy('two')];

const child = path.join(folder, 'child.js');
fs.writeFileSync(child, `
  process.on('message', (text, socket) => {
    console.log(text, socket?.constructor.name, typeof socket?.address().port);
    socket.close();
    process.send('done');
  });`);

const sendEach = `
  const { fork } = require('node:child_process');
  const child = fork(${JSON.stringify(child)}, { execArgv: [] });
  let left = modules.length;
  child.on('message', () => --left === 0 && child.kill());
  for (const [i, { createSocket }] of modules.entries()) {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () =>
      child.send('socket ' + i, socket, () => socket.close()));
  }`;

describe('two copies of the package', () => {
  const requires = copies.map((file) => `require(${JSON.stringify(file + '/lib')})`);
  const registers = copies.map((file) =>
    `require(${JSON.stringify(file + '/lib/register.js')})`);
  const sorted = (text) => text.trim().split('\n').sort();
  const each = (count) => Array.from({ length: count },
                                     (_, i) => `socket ${i} Socket number`);

  test('sockets of both can be sent', () => {
    assert.deepStrictEqual(sorted(run('-e', `
      const modules = [${requires}, require('node:dgram')]; ${sendEach}`)), each(3));
  });

  testNative('both can be registered', () => {
    assert.deepStrictEqual(sorted(run('-e', `
      ${registers.join(';')};
      const modules = [${requires}, require('node:dgram')]; ${sendEach}`)), each(3));
  });

  testNative('one can be registered after the other was required', () => {
    assert.deepStrictEqual(sorted(run('-e', `
      const modules = [${requires[1]}];
      ${registers[0]};
      modules.push(require('node:dgram')); ${sendEach}`)), each(2));
  });

  testNative('each finds the node:dgram of Node', () => {
    assert.strictEqual(run('-e', `
      const { Socket } = require('node:dgram');
      ${registers.join(';')};
      const modules = [${requires}];
      for (const own of modules) {
        const socket = own.createSocket('udp4');
        console.log(socket instanceof Socket, socket instanceof own.Socket,
                    Object.keys(own));
      }
      class Heir extends modules[0].Socket {}
      console.log(modules[1].createSocket('udp4') instanceof Heir);`),
    `true true ${keys()}\n`.repeat(2) + 'false\n');
  });
});

const keys = () => require('node:util').inspect(Object.keys(require('..')));

// ---- Modules that are loaded again -------------------------------------------------------

test('loading the modules a hundred times leaks little', () => {
  const [listeners, kept] = run('--expose-gc', '-e', `
    const { createRequire } = require('node:module');
    const load = () => {
      for (const file of Object.keys(require.cache)) delete require.cache[file];
      return createRequire(${JSON.stringify(child)})(${JSON.stringify(root)});
    };
    const settle = async () => {
      for (let i = 0; i < 6; i++) {
        gc();
        await new Promise(setImmediate);
      }
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const use = () => new Promise((resolve) => {
      const socket = load().createSocket('udp4', () => socket.close(resolve));
      socket.bind(0, '127.0.0.1', () =>
        socket.send('x', socket.address().port, '127.0.0.1'));
    });
    (async () => {
      for (let i = 0; i < 10; i++) await use();
      const before = await settle();
      for (let i = 0; i < 100; i++) {
        await use();
        if (i % 10 === 9) await settle();
      }
      console.log(process.listenerCount('exit'));
      console.log((await settle() - before) / 100);
    })();`).trim().split('\n').map(Number);
  assert.strictEqual(listeners, 0);
  assert.ok(kept < 50000, `${kept} bytes each`);
});
