'use strict';
// Each case is a program that writes a log of what it sees. It is run with
// node:dgram, the reference, and with libdgram: the logs are the same.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');

const folder = path.join(__dirname, 'cases');

function logOf(file, name) {
  const output = execFileSync(process.execPath, [
    '--no-warnings', path.join(__dirname, 'lib', 'run_case.js'), file, name,
  ], { encoding: 'utf8', timeout: 30000 });
  return output.split('\n');
}

for (const name of fs.readdirSync(folder)) {
  test(name.replace(/\.js$/, '').replaceAll('_', ' '), () => {
    const file = path.join(folder, name);
    const expected = logOf(file, 'node:dgram');
    assert.ok(expected.length > 1, 'the case writes no log');
    assert.deepStrictEqual(logOf(file, path.join(__dirname, '..')), expected);
  });
}
