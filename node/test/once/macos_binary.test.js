'use strict';
// The binary for macOS. Nothing here can run it, so this reads what it needs, and builds
// it once more in another directory: the bytes are the same.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');
const { read } = require('../lib/mach_o');

const root = path.join(__dirname, '..', '..', '..');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dgram-macos-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));

// Returns the status.
function build(directory, file) {
  const script = path.join(directory, 'tools', 'release', 'build-addon');
  const { status, stderr } = spawnSync('sh', [script, 'darwin-arm64', file],
                                       { encoding: 'utf8', timeout: 600000 });
  if (status !== 77) assert.strictEqual(status, 0, stderr);
  return status;
}

// The sources, in another place. The compiler is the same.
function copy(to) {
  for (const name of ['include', 'src', 'node/src', 'node/native/core.js', 'tools/fetch'])
    fs.cpSync(path.join(root, name), path.join(to, name), { recursive: true });
  fs.mkdirSync(path.join(to, 'tools', 'release'));
  for (const name of fs.readdirSync(path.join(root, 'tools', 'release'))) {
    fs.symlinkSync(path.join(root, 'tools', 'release', name),
                   path.join(to, 'tools', 'release', name));
  }
  return to;
}

const file = path.join(folder, 'dgram.node');
const isSkipped = build(root, file) === 77 && 'there is no compiler for it';

test('it needs Node and the C library, and nothing else', { skip: isSkipped }, () => {
  const { libraries, symbols } = read(fs.readFileSync(file));
  assert.deepStrictEqual(libraries, ['/usr/lib/libSystem.B.dylib']);
  const ofNode = symbols.filter(({ library }) => library === undefined)
    .map(({ name }) => name);
  assert.ok(ofNode.includes('_napi_create_function'));
  assert.ok(ofNode.includes('_uv_poll_start'));
  assert.deepStrictEqual(ofNode.filter((name) => !/^_(napi|uv)_/.test(name)), []);
  assert.ok(symbols.some(({ name, library }) => name === '_sendmsg' && library !== undefined));
});

test('it is signed, and for macOS 11 and later', { skip: isSkipped }, () => {
  const { isSigned, minimum } = read(fs.readFileSync(file));
  assert.strictEqual(isSigned, true);
  assert.strictEqual(minimum, 11);
});

test('built in another directory, it has the same bytes', { skip: isSkipped }, () => {
  const other = path.join(folder, 'other.node');
  build(copy(path.join(folder, 'a', 'longer', 'path')), other);
  assert.ok(fs.readFileSync(file).equals(fs.readFileSync(other)));
});
