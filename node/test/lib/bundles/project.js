'use strict';
// A project that has libdgram installed, outside of the checkout, and bundles of it in
// empty folders. tools: folders with the commands of bundlers.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after } = require('node:test');

const root = path.join(__dirname, '..', '..', '..');
const recipes = path.join(root, 'test', 'packages', 'recipes');
const platform = `${process.platform}-${process.arch}`;
const timeout = 120000;

const scratch = fs.realpathSync(
  fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-bundles-')));
after(() => fs.rmSync(scratch, { recursive: true }));

const emptyFolder = (name) => fs.mkdtempSync(path.join(scratch, `${name}-`));

function install(modules) {
  const libdgram = path.join(modules, 'libdgram');
  for (const name of ['lib', 'package.json'])
    fs.cpSync(path.join(root, name), path.join(libdgram, name), { recursive: true });
  const binary = path.join(modules, '@libdgram', platform);
  fs.mkdirSync(binary, { recursive: true });
  fs.cpSync(path.join(root, 'native', 'build', 'Release', 'dgram.node'),
            path.join(binary, 'dgram.node'));
  fs.writeFileSync(path.join(binary, 'package.json'), JSON.stringify({
    name: `@libdgram/${platform}`, version: require('../../../package.json').version,
    main: 'dgram.node', files: ['dgram.node'],
  }));
}

// The program is app.js, or app.mjs if it is a module. others: packages that it uses.
function makeProject(program, others = []) {
  const folder = emptyFolder('project');
  const modules = path.join(folder, 'node_modules');
  install(modules);
  for (const name of others) {
    fs.cpSync(path.join(root, 'node_modules', name), path.join(modules, name),
              { recursive: true, dereference: true });
  }
  fs.cpSync(path.join(__dirname, 'program.cjs'), path.join(folder, 'program.cjs'));
  fs.cpSync(path.join(__dirname, program),
            path.join(folder, program.endsWith('.mjs') ? 'app.mjs' : 'app.js'));
  fs.cpSync(recipes, folder, { recursive: true });
  fs.writeFileSync(path.join(folder, 'package.json'), '{ "private": true }');
  return folder;
}

// Runs a recipe in the project and returns what the tool wrote.
function runRecipe(project, name, tools, node = process.execPath) {
  const PATH = [...tools, path.dirname(node), process.env.PATH].join(path.delimiter);
  const { status, stdout, stderr } = spawnSync('sh', ['-e', `${name}.sh`], {
    cwd: project, encoding: 'utf8', timeout, env: { ...process.env, PATH },
  });
  const output = stdout + stderr;
  assert.strictEqual(status, 0, output);
  return output;
}

// Moves dist/ to an empty folder that has nothing else, and returns that.
function ship(project) {
  const folder = path.join(emptyFolder('shipped'), 'dist');
  fs.renameSync(path.join(project, 'dist'), folder);
  return folder;
}

// Runs a program and returns the lines that it prints, which are JSON. The working
// directory has no node_modules.
function run(command, args, env) {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: '/', encoding: 'utf8', timeout, env: { ...process.env, ...env },
  });
  assert.strictEqual(status, 0, stdout + stderr);
  assert.strictEqual(stderr, '');
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

const whole = {
  answered: 1000,
  promised: 'promised',
  names: ['Socket', 'createSocket', 'PromiseSocket'],
  methods: ['sendMany', 'sendOne', 'reply', 'readable', 'writable', 'iterate'],
};

module.exports = {
  emptyFolder, makeProject, platform, root, run, runRecipe, scratch, ship, timeout, whole,
};
