'use strict';
// An interface that is removed and created again is found by its name, because each send
// looks up the zone. The test has a network namespace of its own.
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..');
const program = path.join(__dirname, 'lib', 'recreated_interface.js');
const createInterface = ['-rn', 'sh', '-c', 'ip link add d0 type veth peer name d1'];
const reason = spawnSync('unshare', createInterface).status === 0 ? false :
  'no network namespace with interfaces';

function seen(name) {
  return execFileSync('unshare', ['-rn', process.execPath, program, name],
                      { encoding: 'utf8', timeout: 60000 }).split('\n');
}

test('an interface that is created again is found', { skip: reason }, () => {
  const log = seen('node:dgram');
  assert.strictEqual(log.filter((line) => line === 'ff02::fb%d0 1').length, 9);
  assert.deepStrictEqual(seen(root), log);
});
