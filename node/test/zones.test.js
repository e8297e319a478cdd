'use strict';
// Interfaces that are removed while a socket uses them. Each test has a network namespace
// of its own.
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..');
const createInterface = ['-rn', 'sh', '-c', 'ip link add d0 type veth peer name d1'];
const reason = spawnSync('unshare', createInterface).status === 0 ? false :
  'no network namespace with interfaces';

function seen(program, name) {
  const file = path.join(__dirname, 'lib', program);
  return execFileSync('unshare', ['-rn', process.execPath, file, name],
                      { encoding: 'utf8', timeout: 60000 }).split('\n');
}

// Each send looks up the zone.
test('an interface that is created again is found', { skip: reason }, () => {
  const program = 'recreated_interface.js';
  const log = seen(program, 'node:dgram');
  assert.strictEqual(log.filter((line) => line === 'ff02::fb%d0 1').length, 9);
  assert.deepStrictEqual(seen(program, root), log);
});

test('the address of a removed interface is an error', { skip: reason }, () => {
  const program = 'removed_interface.js';
  const log = seen(program, 'node:dgram');
  assert.match(log.join('\n'), /^address 'fe80::99%d0'\n.*\naddress Error: ENXIO: /);
  assert.deepStrictEqual(seen(program, root), log);
});
