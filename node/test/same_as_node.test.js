'use strict';
// Each case is a program that writes a log. It is run with node:dgram, the reference,
// and with libdgram; the logs must be equal. To run a single case, give its name as
// argument.
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const { promisify } = require('node:util');

const folder = path.join(__dirname, 'cases');
const cases = process.argv[2] ? [`${process.argv[2]}.js`] : fs.readdirSync(folder);

async function logOf(file, name) {
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--no-warnings', path.join(__dirname, 'lib', 'run_case.js'), file, name,
  ], { encoding: 'utf8', timeout: 60000 });
  return stdout.split('\n');
}

describe('the same as node:dgram', { concurrency: 4 }, () => {
  for (const name of cases) {
    test(name.replace(/\.js$/, '').replaceAll('_', ' '), async () => {
      const file = path.join(folder, name);
      assert.ok(fs.existsSync(file), 'there is no such case');
      const expected = await logOf(file, 'node:dgram');
      assert.ok(expected.length > 1, 'the case writes no log');
      assert.ok(!expected.includes('the case does not end'));
      assert.deepStrictEqual(await logOf(file, path.join(__dirname, '..')),
                             expected);
    });
  }
});
