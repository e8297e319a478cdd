'use strict';
// Bundles of programs work in a folder that has nothing else, with the binary beside
// them, and without it. What needs other tools than esbuild is in ../packages.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const {
  dgramUsers, emptyFolder, expected, makeProject, platform, root, run, runRecipe, ship,
  timeout,
} = require('../lib/bundles/project');

const commands = path.join(root, 'node_modules', '@esbuild', 'linux-x64', 'bin');
const skip = fs.existsSync(path.join(commands, 'esbuild')) ? false :
  'esbuild is not installed';
const options = { timeout, skip };
const node = process.execPath;

function bundle(program, recipe, others) {
  const project = makeProject(program, others);
  runRecipe(project, recipe, commands);
  return ship(project);
}

test('the addon is found beside the bundle', options, () => {
  const dist = bundle('program.cjs', 'esbuild');
  assert.deepStrictEqual(run(node, [path.join(dist, 'app.js')]), [expected]);
});

test('a bundle without a binary works, over node:dgram', options, () => {
  const dist = bundle('program.cjs', 'esbuild_minified');
  fs.rmSync(path.join(dist, 'dgram.node'));
  assert.deepStrictEqual(run(node, [path.join(dist, 'app.js')]),
                         [{ ...expected, native: false }]);
});

test('its reason names the cure', options, () => {
  const dist = bundle('reason.cjs', 'esbuild');
  fs.rmSync(path.join(dist, 'dgram.node'));
  const [{ reason }] = run(node, [path.join(dist, 'app.js')]);
  assert.ok(reason.includes(`copy dgram.node of @libdgram/${platform} to ${dist}`),
            reason);
  assert.match(reason, /leave libdgram out of the bundle/);
});

test('it is found from a bundle that is an ECMAScript module', options, () => {
  const dist = bundle('module.mjs', 'esbuild_module');
  assert.deepStrictEqual(run(node, [path.join(dist, 'app.mjs')]), [expected]);
});

test('it is found from a bundle that has another __filename', options, () => {
  const dist = bundle('program.cjs', 'esbuild_filename');
  assert.deepStrictEqual(run(node, [path.join(dist, 'app.js')]), [expected]);
});

test('a minified bundle has all names, with source maps, too', options, () => {
  const dist = bundle('program.cjs', 'esbuild_minified');
  assert.deepStrictEqual(run(node, ['--enable-source-maps', path.join(dist, 'app.js')]),
                         [expected]);
});

test('libdgram can stay outside of the bundle', options, () => {
  const dist = bundle('program.cjs', 'esbuild_external');
  assert.deepStrictEqual(run(node, [path.join(dist, 'app.js')]), [expected]);
});

test('the addon is found in the node_modules of a bundle', options, () => {
  const dist = bundle('program.cjs', 'esbuild');
  const folder = path.join(dist, 'node_modules', '@libdgram', platform);
  fs.mkdirSync(folder, { recursive: true });
  fs.renameSync(path.join(dist, 'dgram.node'), path.join(folder, 'dgram.node'));
  assert.deepStrictEqual(run(node, [path.join(dist, 'app.js')]), [expected]);
});

test('the binary is found in a folder of its platform', options, () => {
  const dist = bundle('program.cjs', 'esbuild');
  fs.mkdirSync(path.join(dist, platform));
  fs.renameSync(path.join(dist, 'dgram.node'), path.join(dist, platform, 'dgram.node'));
  assert.deepStrictEqual(run(node, [path.join(dist, 'app.js')]), [expected]);
});

test('the documentation copies it from where only libdgram sees it', {
  timeout, skip: skip || (platform === 'linux-x64' ? false : 'it is for linux-x64'),
}, () => {
  const project = makeProject('program.cjs');
  const modules = path.join(project, 'node_modules');
  fs.mkdirSync(path.join(modules, 'libdgram', 'node_modules'));
  fs.renameSync(path.join(modules, '@libdgram'),
                path.join(modules, 'libdgram', 'node_modules', '@libdgram'));
  runRecipe(project, 'nested', commands);
  assert.deepStrictEqual(run(node, [path.join(ship(project), 'app.js')]), [expected]);
});

const nodeOf = (major) => path.join(root, 'node_modules', `node-${major}`, 'bin', 'node');

// Node 18 has no process.getBuiltinModule().
for (const [name, command] of [['this Node', node], ['Node 18', nodeOf(18)]]) {
  test(`in ${name} dependencies use libdgram if it replaces dgram`, {
    timeout, skip: skip || (fs.existsSync(command) ? false : 'it is not installed'),
  }, () => {
    const dist = bundle('aliased.cjs', 'esbuild_alias', dgramUsers);
    const [{ sockets }] = run(command, [path.join(dist, 'app.js')]);
    assert.deepStrictEqual(sockets, Array(3).fill('libdgram'));
  });
}

test('an error names the cure if libdgram gets itself for node:dgram', {
  skip: process.getBuiltinModule ? false : 'this Node has no process.getBuiltinModule()',
}, () => {
  const { stderr } = spawnSync(node, ['-e', `
    const original = process.getBuiltinModule;
    process.getBuiltinModule = (name) =>
      (name === 'node:dgram' ? require('.') : original(name));
    require('.');`], { cwd: root, encoding: 'utf8', timeout });
  assert.match(stderr, /libdgram needs node:dgram.*libdgram\/register/);
});

test('libdgram/register works in a bundle', options, () => {
  const dist = bundle('registered.cjs', 'esbuild_minified');
  assert.deepStrictEqual(run(node, [path.join(dist, 'app.js')]),
                         [{ received: 'over', sendMany: 'function' }]);
});

test('libdgram/unix-dgram/register names the cure in a bundle', options, () => {
  const dist = bundle('unix_registered.cjs', 'esbuild');
  const [{ message }] = run(node, [path.join(dist, 'app.js')]);
  assert.match(message, /replace unix-dgram by libdgram\/unix-dgram/);
});

test('bundles run in workers of node:cluster and in worker threads', options, () => {
  const dist = bundle('processes.cjs', 'esbuild_minified');
  assert.deepStrictEqual(run(node, [path.join(dist, 'app.js')]), [expected, expected]);
});

test('a snapshot of the heap has the fallback', options, () => {
  const dist = bundle('snapshot.cjs', 'esbuild');
  const flags = ['--no-warnings', '--snapshot-blob', path.join(dist, 'blob')];
  const app = path.join(dist, 'app.js');
  const { status, stderr } = spawnSync(node, [...flags, '--build-snapshot', app],
                                       { encoding: 'utf8', timeout });
  assert.strictEqual(status, 0, stderr);
  assert.deepStrictEqual(run(node, [...flags, app]), [{
    received: 'over', native: false,
    reason: 'a snapshot of the heap cannot contain an addon',
  }]);
});

test('a bundle for browsers names the cure', options, () => {
  const project = makeProject('program.cjs');
  const { status, stderr } = spawnSync(path.join(commands, 'esbuild'),
    ['app.js', '--bundle'], { cwd: project, encoding: 'utf8' });
  assert.strictEqual(status, 1);
  assert.match(stderr, /--platform=node/);
});


test('a single executable has the addon as an asset', {
  timeout, skip: skip || (fs.existsSync(nodeOf(26)) ? false : 'there is no Node 26'),
}, () => {
  const project = makeProject('program.cjs');
  runRecipe(project, 'executable_26', commands, nodeOf(26));
  const dist = ship(project);
  for (const name of ['app.js', 'dgram.node']) fs.rmSync(path.join(dist, name));
  const temporary = path.join(dist, 'tmp');
  fs.mkdirSync(temporary);
  assert.deepStrictEqual(run(path.join(dist, 'app'), [], { TMPDIR: temporary }),
                         [expected]);
  assert.deepStrictEqual(fs.readdirSync(temporary), []);
});

const electron = path.join(__dirname, '..', 'lib', 'bundles', 'electron.js');

for (const isUnpacked of [true, false]) {
  test(`an archive of Electron, the addon ${isUnpacked ? '' : 'not '}unpacked`, () => {
    const project = makeProject('program.cjs');
    const app = path.join(emptyFolder('electron'), 'app.asar');
    fs.renameSync(project, app);
    if (isUnpacked) unpack(app);
    assert.deepStrictEqual(run(node, ['--require', electron, path.join(app, 'app.js')]),
                           [expected]);
  });
}

// Moves the addon out of the archive, which still lists it.
function unpack(app) {
  const file = path.join('node_modules', '@libdgram', platform, 'dgram.node');
  fs.mkdirSync(path.dirname(path.join(`${app}.unpacked`, file)), { recursive: true });
  fs.renameSync(path.join(app, file), path.join(`${app}.unpacked`, file));
  fs.writeFileSync(path.join(app, file), 'unpacked');
}

// Returns the lines of the files or blocks, but not how they are indented.
const linesOf = (texts) => texts.flatMap((text) => text.split('\n'))
  .map((line) => line.trim()).filter((line) => line !== '');

test('the guide shows what the tests run', () => {
  const guide = path.join(root, '..', 'docs', 'guides', 'node-package.md');
  const [, section] = fs.readFileSync(guide, 'utf8')
    .split('## Bundlers and single executables\n');
  const blocks = section.split(/^##/m)[0].split(/^```.*\n/m).filter((text, i) => i % 2);
  assert.ok(blocks.length > 5);
  const recipes = path.join(root, 'test', 'packages', 'recipes');
  const run = new Set(linesOf(fs.readdirSync(recipes).map((name) =>
    fs.readFileSync(path.join(recipes, name), 'utf8'))));
  for (const line of linesOf(blocks)) assert.ok(run.has(line), line);
});
