'use strict';
// Each case runs in the workers of a cluster: with node:dgram, the reference; with
// libdgram in the primary and both workers; and with libdgram in one worker only. All
// logs must be equal.
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const { promisify } = require('node:util');

const folder = path.join(__dirname, 'cluster');
const program = path.join(__dirname, 'lib', 'run_cluster.js');
const node = 'node:dgram';
const ours = path.join(__dirname, '..');

async function logOf(file, ...modules) {
  const { stdout } = await promisify(execFile)(
    process.execPath, ['--no-warnings', program, file, ...modules],
    { timeout: 60000 });
  return stdout.trim().split('\n');
}

async function compare(file) {
  const expected = await logOf(file, node, node, node);
  assert.ok(expected.length > 2, 'the case logs nothing');
  assert.deepStrictEqual(await logOf(file, ours, ours, ours), expected);
  assert.deepStrictEqual(await logOf(file, node, node, ours), expected);
}

describe('in a cluster', { concurrency: 2 }, () => {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    const { since } = require(file); // a feature that the running Node must have
    const skip = since && !since() ? 'this Node has it not' : false;
    test(name.replace(/\.js$/, '').replaceAll('_', ' '), { skip }, () => compare(file));
  }
});
