'use strict';
// docs/api.md shows the methods that the package inherits with the parameters that the
// types of Node have.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..', '..', '..');

test('the page agrees with the types of node:dgram', () => {
  const types = path.join(path.dirname(require.resolve('@types/node/package.json')),
                          'dgram.d.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [
    path.join(root, 'tools', 'api-page', 'check.js'), root, types,
  ], { encoding: 'utf8' });
  assert.strictEqual(stderr + stdout, '');
  assert.strictEqual(status, 0);
});
