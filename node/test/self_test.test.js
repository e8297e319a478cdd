'use strict';
// The test that an addon makes of itself, where it was built for the system, but not run
// on it: what it finds, and that a failure leads to node:dgram.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { load: loadAddon, selfTest } = require('../lib/load_addon');

const root = path.join(__dirname, '..');

test('an addon that works passes', () => {
  selfTest(loadAddon().addon);
});

test('it can be tested again', () => {
  const { addon } = loadAddon();
  for (let i = 0; i < 20; i++) assert.strictEqual(addon.selfTest(), undefined);
});

test('an addon that fails is refused with the call and the code', () => {
  assert.throws(() => selfTest({ selfTest: () => 'recvmsg ETIMEDOUT' }),
                /does not work on this system.*recvmsg ETIMEDOUT/);
});

// Loads the module as on another platform, with an addon that a program changes first.
function load(change) {
  const code = `
    Object.defineProperty(process, 'platform', { value: 'darwin' });
    const { dlopen } = process;
    process.dlopen = (module, ...rest) => {
      dlopen(module, ...rest);
      const addon = module.exports;
      ${change}
    };
    const { native, reason } = require(${JSON.stringify(root)});
    console.log(JSON.stringify({ native, reason }));`;
  const env = { ...process.env, LIBDGRAM_FALLBACK: '' };
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', code],
                                       { env, encoding: 'utf8' });
  assert.notStrictEqual(stdout, '', stderr);
  return JSON.parse(stdout);
}

test('an addon that works is used', () => {
  assert.deepStrictEqual(load(''), { native: true });
});

test('without the addon that failed, node:dgram is used', () => {
  const { native, reason } = load(`addon.selfTest = () => 'bind EPERM';`);
  assert.strictEqual(native, false);
  assert.match(reason, /bind EPERM/);
});

test('an addon that throws is not used', () => {
  const { native, reason } = load(`addon.selfTest = () => { throw new Error('broken'); };`);
  assert.strictEqual(native, false);
  assert.match(reason, /broken/);
});
