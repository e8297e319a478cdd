'use strict';
// The JavaScript of the documentation runs, and prints what its comments say.
const assert = require('node:assert');
const { execFile, execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { test } = require('node:test');

const root = path.join(__dirname, '..', '..', '..');

// Returns the output of the program, and throws if it writes to standard error.
function run(file, modules) {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [file], {
      env: { ...process.env, NODE_PATH: modules },
      timeout: 60000,
    }, (err, stdout, stderr) => {
      if (err || stderr) reject(new Error(`${file}: ${err ?? stderr}`));
      else resolve(stdout);
    });
  });
}

async function check(file, modules) {
  const printed = await run(file, modules);
  for (const [, line] of fs.readFileSync(file, 'utf8')
    .matchAll(/\/\/ prints: (.*)/g))
    assert.ok(printed.includes(line), `${file}: '${line}' is not in '${printed}'`);
}

for (const [page, least] of [['api.md', 40], ['guides/migrating/node-dgram.md', 1],
                            ['guides/migrating/unix-dgram.md', 1]]) {
  test(page, { timeout: 300000 }, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-docs-'));
    try {
      const modules = path.join(folder, 'node_modules');
      fs.mkdirSync(modules);
      fs.symlinkSync(path.join(root, 'node'), path.join(modules, 'libdgram'));
      const files = execFileSync('sh', [
        path.join(root, 'tools', 'doc-examples'),
        path.join(root, 'docs', page), folder,
      ], { encoding: 'utf8' }).split('\n').filter((name) => name.endsWith('.js'));
      assert.ok(files.length >= least, `${files.length} examples`);
      while (files.length > 0)
        await Promise.all(files.splice(0, 2).map((file) => check(file, modules)));
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
}

// The package has no other document.
test('the README in the package links only to what the package has', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-docs-'));
  try {
    execFileSync('sh', [path.join(root, 'tools', 'pack-node'), '--no-binary', folder]);
    const [archive] = fs.readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    execFileSync('tar', ['-xzf', archive], { cwd: folder });
    const page = fs.readFileSync(path.join(folder, 'package', 'README.md'), 'utf8');
    assert.match(page, /sendMany\(\)/);
    for (const [, link] of page.matchAll(/\]\(([^)]*)\)/g))
      assert.ok(fs.existsSync(path.join(folder, 'package', link)), link);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

// The table of platforms in docs/guides/node-package.md.
test('each platform is in the table, and each script that tests one exists', () => {
  const page = fs.readFileSync(path.join(root, 'docs', 'guides', 'node-package.md'), 'utf8');
  const [, section] = page.split('## Platforms\n');
  const rows = section.split('\n## ')[0].split('\n').filter((line) => line.startsWith('|'));
  const table = rows.join('\n');
  const { platforms } = require('../../lib/find_binary');
  const named = new Set(table.match(/@libdgram\/[a-z0-9-]+/g));
  assert.deepStrictEqual([...named].sort(),
                         platforms.map((name) => `@libdgram/${name}`).sort());
  const files = [...table.matchAll(/`((?:tools|node)\/[^`]+)`/g)].map(([, file]) => file);
  assert.ok(files.length >= 4, files);
  for (const file of files) assert.ok(fs.existsSync(path.join(root, file)), file);
  // Tests of platforms that the table does not mention.
  const scripts = fs.readdirSync(path.join(root, 'tools', 'platforms'))
    .filter((name) => name.startsWith('node-') && !name.includes('.'));
  for (const name of scripts)
    assert.ok(page.includes(`tools/platforms/${name}`), name);
});
