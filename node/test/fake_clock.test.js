'use strict';
// Sockets work when a test runner has replaced ticks and timers by a fake clock.
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { describe, test } = require('node:test');
const { promisify } = require('node:util');
const testNative = require('./lib/needs_native')("Node's own ticks");

const program = path.join(__dirname, 'lib', 'fake_clock.js');
const ours = require.resolve('..');

async function outputOf(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-warnings', program, ...args,
  ], { encoding: 'utf8', timeout: 60000 });
  return stdout;
}

describe('with a fake clock', { concurrency: 4 }, () => {
  // The clock of a sandbox does not affect the modules of Node.
  const expected = outputOf('after', 'node:dgram', 'sandbox');
  for (const when of ['before', 'after']) {
    testNative(`of the process, ${when} loading`, async () => {
      assert.strictEqual(await outputOf(when, ours), await expected);
    });
    (when === 'before' ? testNative : test)(`of a sandbox, ${when} loading`, async () => {
      assert.strictEqual(await outputOf(when, ours, 'sandbox'), await expected);
    });
  }
});
