'use strict';
// Packages that use node:dgram work on loopback with it, and with libdgram by --import,
// without a change.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { describe, test } = require('node:test');
const { pathToFileURL } = require('node:url');

const folder = path.join(__dirname, '..', 'lib', 'programs');
const register = path.join(__dirname, '..', '..', 'lib', 'register.js');
const watch = path.join(folder, 'watch.mjs');

function outputOf(name, ...imports) {
  const args = imports.flatMap((file) => ['--import', pathToFileURL(file).href]);
  return execFileSync(process.execPath,
                      ['--no-warnings', ...args, path.join(folder, name)],
                      { encoding: 'utf8', timeout: 60000 }).split('\n');
}

describe('real programs', () => {
  for (const name of fs.readdirSync(folder)) {
    if (name === 'watch.mjs') continue;
    test(path.basename(name, '.mjs'), () => {
      const [did, whose] = outputOf(name, watch);
      assert.match(did, /^(answer|peer) /);
      assert.strictEqual(whose, 'sockets of node:dgram');
      assert.deepStrictEqual(outputOf(name, register, watch),
                             [did, 'sockets of libdgram', '']);
    });
  }
});
