'use strict';
// Sockets are sent to a child process, with node:dgram or libdgram on each side.
const assert = require('node:assert');
const { execFile } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');
const { promisify } = require('node:util');

const root = path.join(__dirname, '..');
const parent = path.join(__dirname, 'lib', 'transfer_parent.js');
const registered = `--require ${path.join(root, 'lib', 'register.js')}`;

async function seen(name, parentOptions, childOptions) {
  const { stdout } = await promisify(execFile)(
    process.execPath, ['--no-warnings', ...parentOptions.split(' ').filter(Boolean),
                       parent, name, childOptions], { timeout: 60000 });
  return stdout.split('\n');
}

test('sockets can be sent to other processes', { timeout: 130000 }, async () => {
  const expected = await seen('node:dgram', '', '');
  assert.ok(expected.length > 10);
  const [required, sender, receiver, both] = await Promise.all([
    seen(root, '', ''),
    seen('node:dgram', registered, ''),
    seen('node:dgram', '', registered),
    seen('node:dgram', registered, registered),
  ]);
  assert.deepStrictEqual(required, expected);
  assert.deepStrictEqual(sender, expected);
  assert.deepStrictEqual(receiver, expected);
  assert.deepStrictEqual(both, expected);
});

test('sockets are no instances of subclasses of the class of Node', () => {
  const host = require('node:dgram');
  const own = require('..');
  class Sub extends host.Socket {}
  const socket = own.createSocket('udp4');
  assert.ok(socket instanceof host.Socket);
  assert.ok(!(socket instanceof Sub));
  assert.ok(new Sub('udp4') instanceof Sub);
  assert.ok(!({} instanceof host.Socket));
  assert.ok(!(host.createSocket('udp4') instanceof own.Socket));
});
