'use strict';
// The declarations, with import and with require, with the newest @types/node and with
// that of the oldest Node.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..', '..');
const modules = path.join(root, 'node_modules');
const options = [
  '--noEmit', '--strict', '--exactOptionalPropertyTypes',
  '--noUncheckedSideEffectImports', '--module', 'nodenext',
  '--target', 'es2022', '--types', 'node',
];

function compile(folder, extra) {
  const files = fs.readdirSync(folder).filter((name) => /\.[cm]ts$/.test(name));
  assert.ok(files.length > 0);
  return spawnSync(process.execPath, [
    path.join(modules, 'typescript', 'bin', 'tsc'), ...options, ...extra, ...files,
  ], { cwd: folder, encoding: 'utf8', timeout: 120000 });
}

for (const [name, types, extra] of [
  ['the newest', '@types/node', []],
  ['the oldest', 'types-node-18', ['--skipLibCheck']],
]) {
  test(`with ${name} @types/node`, { timeout: 120000 }, () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-types-'));
    try {
      const own = path.join(folder, 'node_modules', 'libdgram');
      fs.mkdirSync(own, { recursive: true });
      fs.mkdirSync(path.join(folder, 'node_modules', '@types'));
      fs.symlinkSync(path.join(modules, types),
                     path.join(folder, 'node_modules', '@types', 'node'));
      for (const file of fs.readdirSync(root)) {
        if (/\.d\.m?ts$|^package\.json$/.test(file))
          fs.copyFileSync(path.join(root, file), path.join(own, file));
      }
      for (const file of fs.readdirSync(path.join(root, 'test', 'types'))) {
        fs.copyFileSync(path.join(root, 'test', 'types', file),
                        path.join(folder, file));
      }
      const { status, stdout } = compile(folder, extra);
      assert.strictEqual(stdout, '');
      assert.strictEqual(status, 0);
    } finally {
      fs.rmSync(folder, { recursive: true });
    }
  });
}
