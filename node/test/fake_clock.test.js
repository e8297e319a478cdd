'use strict';
// Fake clocks, which test runners put in the place of ticks and timers, stop nothing.
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { describe, test } = require('node:test');
const { promisify } = require('node:util');

const program = path.join(__dirname, 'lib', 'fake_clock.js');
const ours = require.resolve('..');

async function outputOf(...args) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-warnings', program, ...args,
  ], { encoding: 'utf8', timeout: 60000 });
  return stdout;
}

describe('with a fake clock', { concurrency: 4 }, () => {
  // Node's own modules do not see the clock of a sandbox.
  const expected = outputOf('after', 'node:dgram', 'sandbox');
  for (const when of ['before', 'after']) {
    test(`of the process, ${when} loading`, async () => {
      assert.strictEqual(await outputOf(when, ours), await expected);
    });
    test(`of a sandbox, ${when} loading`, async () => {
      assert.strictEqual(await outputOf(when, ours, 'sandbox'), await expected);
    });
  }
});
