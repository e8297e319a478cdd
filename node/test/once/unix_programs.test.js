'use strict';
// Packages that use unix-dgram work with libdgram/unix-dgram by --import, without a change.
// Under node_modules unix-dgram is not built, so that they do not work without.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { describe, test } = require('node:test');
const { pathToFileURL } = require('node:url');

const folder = path.join(__dirname, '..', 'lib', 'unix_programs');
const register = path.join(__dirname, '..', '..', 'lib', 'unix_dgram_register.js');
const skip = process.platform === 'linux' ? false : 'queues of Unix sockets differ';

const expected = {
  'hot-shots': [
    'one metric arrived',
    '200 more arrived, with 0 errors',
    'after a restart of the server, metrics arrive again, with errors before: true',
    'closed',
  ],
  // <134 is the priority: local0.info.
  'winston-syslog': [
    'unix true <134 0',
    'unix-connect true <134 0',
    'without a daemon: connect',
  ],
};

describe('programs with unix-dgram', { skip }, () => {
  for (const name in expected) {
    test(name, { timeout: 60000 }, () => {
      const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'dgram-'));
      try {
        const { stdout, stderr } = spawnSync(process.execPath, [
          '--no-warnings', '--import', pathToFileURL(register).href,
          path.join(folder, `${name}.cjs`), path.join(scratch, 'socket'),
        ], { encoding: 'utf8', timeout: 60000 });
        assert.strictEqual(stdout, `${expected[name].join('\n')}\n`, stderr);
      } finally {
        fs.rmSync(scratch, { recursive: true });
      }
    });
  }
});
