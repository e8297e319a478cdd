'use strict';
// Sockets that are created and closed leave neither memory nor descriptors.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

// In a process of its own, so that other tests use none of its memory.
test('20,000 sockets leave nothing', { timeout: 120000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [
    '--no-warnings', '--expose-gc', path.join(__dirname, '..', 'lib', 'churn.js'),
  ], { encoding: 'utf8', timeout: 110000 });
  assert.strictEqual(status, 0, stderr);
  assert.strictEqual(stdout, 'nothing is left\n');
});
