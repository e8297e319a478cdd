'use strict';
// The files of the published package: one of them has most modules.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');

const root = path.join(__dirname, '..', '..');
const folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'joined-')));
after(() => fs.rmSync(folder, { recursive: true }));

execFileSync(process.execPath, [
  path.join(root, '..', 'tools', 'release', 'join.js'), path.join(folder, 'lib'),
]);
fs.symlinkSync(path.join(root, 'native'), path.join(folder, 'native'));
fs.copyFileSync(path.join(root, 'package.json'), path.join(folder, 'package.json'));

// Runs a program that calls say() with what it prints.
function run(program, env = {}) {
  const stdout = execFileSync(process.execPath, ['-e', `
    const root = ${JSON.stringify(folder)};
    const say = (value) => console.log(JSON.stringify(value));
    const exchange = (dgram) => {
      const socket = dgram.createSocket('udp4', (msg) => {
        say(String(msg));
        socket.close();
      });
      socket.bind(0, '127.0.0.1', () =>
        socket.send('over', socket.address().port, '127.0.0.1'));
    };${program}`], {
    encoding: 'utf8', timeout: 60000, env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

const files = `Object.keys(require.cache).map((name) => name.slice(root.length + 1))`;

test('a program with a socket loads three files', () => {
  assert.deepStrictEqual(
    run(`const dgram = require(root); exchange(dgram); say(dgram.native); say(${files});`),
    [true, ['lib/index.js', 'lib/joined.js', 'lib/find_binary.js'], 'over']);
});

test('other files get their modules from the joined file', () => {
  assert.deepStrictEqual(run(`
    const dgram = require(root);
    const promises = require(root + '/lib/promises');
    say(promises.createSocket('udp4').socket.constructor === dgram.Socket);
    require(root + '/lib/register');
    say(require('node:dgram').createSocket === dgram.createSocket);
    say(Object.keys(require(root + '/lib/unix_dgram')));
    process.exit();`),
  [true, true, ['createSocket']]);
});

test('the package works with the fallback', () => {
  const [native, loaded, got] = run(
    `const dgram = require(root); exchange(dgram); say(dgram.native); say(${files});`,
    { LIBDGRAM_FALLBACK: '1' });
  assert.strictEqual(native, false);
  assert.ok(loaded.includes('lib/fallback/transport.js'));
  assert.strictEqual(got, 'over');
});

test('without the addon, register.js leaves node:dgram as it is', () => {
  assert.deepStrictEqual(
    run(`const { createSocket } = require('node:dgram');
      require(root + '/lib/register');
      say(require('node:dgram').createSocket === createSocket);`,
        { LIBDGRAM_FALLBACK: '1' }), [true]);
});

test('each export is a file of the package', () => {
  const { exports } = require(path.join(folder, 'package.json'));
  const names = JSON.stringify(exports).match(/lib\/[\w.]+js/g);
  assert.ok(names.length > 6);
  for (const name of names) assert.ok(fs.existsSync(path.join(folder, name)), name);
});

test('exports have names for ECMAScript modules', async () => {
  for (const name of ['promises.js', 'unix_dgram.js', 'index.mjs', 'promises.mjs']) {
    const { createSocket } = await import(path.join(folder, 'lib', name));
    assert.strictEqual(typeof createSocket, 'function', name);
  }
});
