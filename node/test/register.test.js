'use strict';
// libdgram/register: every way to load node:dgram gives libdgram, in programs, their
// worker threads and their child processes.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const test = require('./lib/needs_native')('register replaces nothing without it');

const root = path.join(__dirname, '..');
const register = path.join(root, 'lib', 'register.js');
const url = pathToFileURL(register).href;
const own = JSON.stringify(root);
const program = JSON.stringify(
  path.join(__dirname, 'lib', 'registered_worker.js'));

// --import exists since Node 18.18.
const ways = {
  'require': { args: ['--require', register] },
  'import': { args: ['--import', url] },
  'NODE_OPTIONS': { env: { NODE_OPTIONS: `--import ${url}` } },
  'both at once': { args: ['--require', register, '--import', url] },
};

function run(args, env) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8', timeout: 60000, env: { ...process.env, ...env },
  });
  assert.strictEqual(status, 0, stderr);
  assert.strictEqual(stderr, '');
  return stdout;
}

const programs = {
  'CommonJS': `
    const own = require(${own});
    const { createSocket } = require('dgram');
    const all = [require('node:dgram'), require('dgram'), { createSocket,
      Socket: require('dgram').Socket }];
    if (process.getBuiltinModule) {
      all.push(process.getBuiltinModule('dgram'),
               process.getBuiltinModule('node:dgram'));
    }
    console.log(all.every((dgram) =>
      dgram.createSocket === own.createSocket && dgram.Socket === own.Socket));
    import('node:dgram').then((dgram) =>
      console.log(dgram.createSocket === own.createSocket));`,
  'ECMAScript': `
    import { createRequire } from 'node:module';
    import first, { createSocket, Socket } from 'node:dgram';
    import second, * as names from 'dgram';
    const require = createRequire(import.meta.url);
    const own = require(${own});
    console.log([first, second, names, { createSocket, Socket }].every((dgram) =>
      dgram.createSocket === own.createSocket && dgram.Socket === own.Socket));
    console.log(require('node:dgram') === first);`,
};

for (const [way, { args = [], env }] of Object.entries(ways)) {
  for (const [kind, code] of Object.entries(programs)) {
    test(`${kind}, by ${way}`, () => {
      const type = kind === 'CommonJS' ? [] : ['--input-type=module'];
      assert.strictEqual(run([...args, ...type, '-e', code], env),
                         'true\ntrue\n');
    });
  }

  test(`worker threads, by ${way}`, () => {
    assert.strictEqual(run([...args, '-e', `
      new (require('node:worker_threads').Worker)(${program});`], env),
    'true\n');
  });
}

// Node ignores --import in them.
test('worker threads from a string, by require', () => {
  assert.strictEqual(run(['--require', register, '-e', `
    new (require('node:worker_threads').Worker)(
      'require(' + JSON.stringify(${program}) + ')', { eval: true });`]),
  'true\n');
});

test('child processes, by NODE_OPTIONS', () => {
  assert.strictEqual(run(['-e', `
    const { fork, spawnSync } = require('node:child_process');
    spawnSync(process.execPath, [${program}], { stdio: 'inherit' });
    fork(${program});`], { NODE_OPTIONS: `--require ${register}` }),
  'true\ntrue\n');
});

test('datagrams are sent by libdgram', () => {
  assert.strictEqual(run(['--require', register, '--input-type=module', '-e', `
    import dgram from 'node:dgram';
    const socket = dgram.createSocket('udp4', (msg) => {
      console.log(String(msg), typeof socket.sendMany);
      socket.close();
    });
    socket.bind(0, '127.0.0.1', () =>
      socket.send('over', socket.address().port, '127.0.0.1'));`]),
  'over function\n');
});

test('the module can still be mocked', () => {
  assert.strictEqual(run(['--require', register, '-e', `
    const dgram = require('dgram');
    dgram.createSocket = () => 'mocked';
    console.log(require('node:dgram').createSocket());`]), 'mocked\n');
});
