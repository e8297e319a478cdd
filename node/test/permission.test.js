'use strict';
// The package does not circumvent a denied permission for the network.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..');
const program = path.join(__dirname, 'lib', 'forbidden_network.js');
const canForbid = process.allowedNodeEnvironmentFlags.has('--allow-net');

function seen(name, ...more) {
  return execFileSync(process.execPath, [
    '--no-warnings', '--permission', '--allow-fs-read=*', ...more, program, name,
  ], { encoding: 'utf8', timeout: 60000 }).split('\n').sort();
}

if (canForbid) {
  test('without permission for the network, calls fail as in node:dgram', () => {
    const expected = seen('node:dgram');
    assert.match(expected.join(), /ERR_ACCESS_DENIED/);
    assert.deepStrictEqual(seen(root), expected);
    assert.deepStrictEqual(seen(root, '--allow-addons'), expected);
  });

  test('nor is there a way around by a Unix socket', () => {
    const code = `
      const root = ${JSON.stringify(root)};
      for (const attempt of [
        () => require(root + '/lib/unix_dgram.js'),
        () => require(root).createSocket('unix_dgram'),
      ]) {
        try {
          attempt();
        } catch (err) {
          console.log(err.code);
        }
      }`;
    assert.strictEqual(execFileSync(process.execPath, [
      '--no-warnings', '--permission', '--allow-fs-read=*', '--allow-addons', '-e', code,
    ], { encoding: 'utf8', timeout: 60000 }), 'ERR_ACCESS_DENIED\nERR_SOCKET_BAD_TYPE\n');
  });
}

// Node 20 has another name for the flag, and throws where later ones return false.
const flag = ['--permission', '--experimental-permission']
  .find((name) => process.allowedNodeEnvironmentFlags.has(name));

test('without permission to read the binary, the package uses the fallback', {
  skip: flag === undefined ? 'this Node has no permissions' : false,
}, () => {
  const { LIBDGRAM_FALLBACK, LIBDGRAM_REQUIRE_NATIVE, ...env } = process.env;
  const file = path.join(root, 'lib', 'index.js');
  const code = `
    const { native, reason } = require(${JSON.stringify(file)});
    console.log(native, reason.startsWith('there is no binary'));`;
  assert.strictEqual(execFileSync(process.execPath, [
    '--no-warnings', flag, `--allow-fs-read=${path.join(root, 'lib')}/`,
    `--allow-fs-read=${path.join(root, 'package.json')}`, '--allow-addons',
    ...(canForbid ? ['--allow-net'] : []), '-e', code,
  ], { encoding: 'utf8', timeout: 60000, env }), 'false true\n');
});
