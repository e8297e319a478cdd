'use strict';
// Worker threads that end while everything is in progress.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

// A process of its own, in which no other thread has loaded the addon. With sanitizers
// it takes twelve seconds of CPU time.
const timeout = 300000;
test('worker threads may end at any point', { timeout }, () => {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [
    path.join(__dirname, 'lib', 'ended_workers.js'), '5',
  ], { encoding: 'utf8', timeout });
  assert.strictEqual(signal, null, stderr);
  assert.strictEqual(status, 0, stderr);
  assert.strictEqual(stdout, '0 descriptors more\n');
});
