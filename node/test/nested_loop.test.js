'use strict';
// A listener may run the event loop, with an addon. No datagram is lost or emitted
// twice, and memory is not corrupted.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'run-loop-'));
after(() => fs.rmSync(folder, { recursive: true }));

function build() {
  const addon = path.join(folder, 'run_loop.node');
  const flags = process.platform === 'darwin' ?
    ['-bundle', '-undefined', 'dynamic_lookup'] : ['-shared', '-fPIC'];
  const { status } = spawnSync('cc', [
    ...flags, '-o', addon, path.join(__dirname, 'lib', 'run_loop.c'),
  ]);
  return status === 0 ? addon : null;
}

function logOf(name, addon, program = 'nested_loop.js') {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, [
    '--expose-gc', path.join(__dirname, 'lib', program), name, addon,
  ], { encoding: 'utf8', timeout: 60000 });
  assert.strictEqual(status, 0, `${signal} ${stdout} ${stderr}`);
  return stdout;
}

test('a listener that runs the event loop loses nothing', (t) => {
  const addon = build();
  if (addon === null) {
    t.skip('there is no C compiler');
    return;
  }
  const expected = logOf('node:dgram', addon);
  assert.match(expected, /all 200 once 200 whole true\n/);
  assert.strictEqual(logOf(path.join(__dirname, '..'), addon), expected);
});

test('ticks wait for a promise job that runs the event loop', (t) => {
  const addon = build();
  if (addon === null) {
    t.skip('there is no C compiler');
    return;
  }
  const expected = logOf('node:dgram', addon, 'loop_in_job.js');
  assert.match(expected, /loop in registry/);
  const log = logOf(path.join(__dirname, '..'), addon, 'loop_in_job.js');
  assert.strictEqual(log, expected);
});
