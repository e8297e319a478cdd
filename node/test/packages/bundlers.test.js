'use strict';
// Each bundler, with the configuration that docs/guides/node-package.md shows: the bundle works in a folder
// that has nothing else.
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { test } = require('node:test');
const {
  addTools, dgramUsers, expected, mainOf, makeProject, platform, root, run, runRecipe, ship,
  timeout,
} = require('../lib/bundles/project');

const electron = path.join(__dirname, '..', 'lib', 'bundles', 'electron.js');
const modules = path.join(__dirname, 'bundlers', 'node_modules');
const commands = [path.join(modules, '.bin'),
                  path.join(modules, '@oven', 'bun-linux-x64', 'bin')].join(path.delimiter);

const isInstalled = fs.existsSync(modules);
if (isInstalled) addTools(modules);
const skip = isInstalled ? false : 'the bundlers are not installed';
const options = { timeout: 2 * timeout, skip };

const nodeOf = (major) => path.join(root, 'node_modules', `node-${major}`, 'bin', 'node');
const node = fs.existsSync(nodeOf(22)) ? nodeOf(22) : process.execPath; // of the tools

const hasUsers = fs.existsSync(path.join(root, 'node_modules', 'hot-shots'));

function bundle(program, recipe, others) {
  const project = makeProject(program, others);
  runRecipe(project, recipe, commands, node);
  return ship(project);
}

for (const [recipe, program] of [
  ['esbuild', 'program.cjs'], ['esbuild_module', 'module.mjs'],
  ['webpack', 'program.cjs'], ['rspack', 'program.cjs'], ['rollup', 'module.mjs'],
  ['vite', 'module.mjs'], ['vite_external', 'module.mjs'], ['ncc', 'program.cjs'],
  ['bun', 'program.cjs'], ['parcel', 'program.cjs'],
]) {
  test(recipe, options, () => {
    const dist = bundle(program, recipe);
    assert.deepStrictEqual(run(node, [mainOf(dist)]), [expected]);
    const binary = path.join(dist, 'dgram.node');
    if (!fs.existsSync(binary)) return;
    fs.rmSync(binary);
    assert.deepStrictEqual(run(node, [mainOf(dist)]), [{ ...expected, native: false }]);
  });
}

for (const tool of ['esbuild', 'webpack', 'rspack', 'rollup', 'vite']) {
  test(`${tool} puts libdgram in the place of dgram`, {
    ...options, skip: skip || (hasUsers ? false : 'there is no hot-shots'),
  }, () => {
    const dist = bundle('aliased.cjs', `${tool}_alias`, dgramUsers);
    const [{ sockets }] = run(node, [mainOf(dist)]);
    assert.deepStrictEqual(sockets, Array(3).fill('libdgram'));
  });
}

for (const [recipe, program] of [
  ['webpack', 'registered.cjs'], ['rspack', 'registered.cjs'], ['ncc', 'registered.cjs'],
  ['rollup', 'registered.mjs'], ['vite', 'registered.mjs'],
  ['esbuild_module', 'registered.mjs'],
]) {
  test(`${recipe}, with libdgram/register`, options, () => {
    const dist = bundle(program, recipe);
    assert.deepStrictEqual(run(node, [mainOf(dist)]),
                           [{ received: 'over', sendMany: 'function' }]);
  });
}

// What @vercel/nft finds is what serverless platforms upload.
test('nft finds the binary', options, () => {
  const project = makeProject('program.cjs');
  runRecipe(project, 'nft', commands, node);
  assert.deepStrictEqual(run(node, [path.join(ship(project), 'app.js')]), [expected]);
});

for (const major of [20, 22, 24]) {
  test(`a single executable of Node ${major}`, {
    ...options, skip: skip || (fs.existsSync(nodeOf(major)) ? false : 'there is none'),
  }, () => {
    const project = makeProject('program.cjs');
    runRecipe(project, 'executable', commands, nodeOf(major));
    const dist = ship(project);
    const app = path.join(dist, 'app');
    fs.rmSync(path.join(dist, 'dgram.node'));
    assert.deepStrictEqual(run(app, []), [expected]);
  });
}

test("an archive of Electron's packer", options, () => {
  const project = makeProject('program.cjs');
  pack(project);
  const dist = ship(project);
  const archive = path.join(dist, 'app.asar');
  const file = path.join('node_modules', '@libdgram', platform, 'dgram.node');
  assert.ok(fs.existsSync(path.join(`${archive}.unpacked`, file)));
  unpack(archive, file);
  assert.deepStrictEqual(
    run(node, ['--require', electron, path.join(archive, 'app.js')]), [expected]);
});

function pack(project) {
  const names = fs.readdirSync(project);
  const app = path.join(project, 'app');
  fs.mkdirSync(app);
  for (const name of names) fs.renameSync(path.join(project, name), path.join(app, name));
  fs.copyFileSync(path.join(app, 'electron.sh'), path.join(project, 'electron.sh'));
  runRecipe(project, 'electron', commands, node);
}

// Replaces the archive by a folder of the same name, because only Electron reads it.
function unpack(archive, file) {
  const { extractAll } = require(path.join(modules, '@electron', 'asar'));
  extractAll(archive, `${archive}.folder`);
  fs.rmSync(archive);
  fs.renameSync(`${archive}.folder`, archive);
  fs.writeFileSync(path.join(archive, file), 'unpacked');
}
