'use strict';
// Projects outside of the checkout that have libdgram installed, and their bundles in empty
// folders.
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after } = require('node:test');

const { host: platform, pack } = require('../packed');

const root = path.join(__dirname, '..', '..', '..');
const recipes = path.join(root, 'test', 'packages', 'recipes');
const timeout = 300000; // where other tests use all cores, an executable takes a minute

const scratch = fs.realpathSync(
  fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-bundles-')));
after(() => fs.rmSync(scratch, { recursive: true }));

const emptyFolder = (name) => fs.mkdtempSync(path.join(scratch, `${name}-`));
const projects = emptyFolder('projects');

// The configurations of bundlers may import what is in this node_modules.
const addTools = (modules) =>
  fs.symlinkSync(modules, path.join(projects, 'node_modules'));

function unpack(tarball, folder) {
  fs.mkdirSync(folder, { recursive: true });
  execFileSync('tar', ['xzf', tarball, '-C', folder, '--strip-components=1']);
}

let tarballs;

function install(modules) {
  tarballs ??= pack();
  unpack(tarballs[0], path.join(modules, 'libdgram'));
  unpack(tarballs[1], path.join(modules, '@libdgram', platform));
}

// The packages that aliased.cjs requires. They use node:dgram.
const dgramUsers = ['multicast-dns', 'dns-packet', 'thunky', 'hot-shots',
               path.join('@leichtgewicht', 'ip-codec')];

// The program is app.js, or app.mjs if it is a module. others: packages that it uses.
function makeProject(program, others = []) {
  const folder = fs.mkdtempSync(path.join(projects, 'project-'));
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

// Runs a recipe in the project. commands: where the bundlers' commands are.
function runRecipe(project, name, commands, node = process.execPath) {
  const PATH = [commands, path.dirname(node), process.env.PATH].join(path.delimiter);
  const { status, stdout, stderr } = spawnSync('sh', ['-e', `${name}.sh`], {
    cwd: project, encoding: 'utf8', timeout, env: { ...process.env, PATH },
  });
  assert.strictEqual(status, 0, stdout + stderr);
}

// Moves dist/ to an empty folder, and returns its new name.
function ship(project) {
  const folder = path.join(emptyFolder('shipped'), 'dist');
  fs.renameSync(path.join(project, 'dist'), folder);
  return folder;
}

// The file that begins the program.
const mainOf = (dist) => path.join(
  dist, fs.readdirSync(dist).find((name) => /^(app|index)\.[cm]?js$/.test(name)));

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

// What program.cjs prints if the addon is used.
const expected = {
  answered: 1000,
  promised: 'promised',
  native: true,
  names: ['Socket', 'createSocket', 'PromiseSocket'],
  methods: ['sendMany', 'sendOne', 'reply', 'readable', 'writable', 'iterate'],
};

module.exports = {
  addTools, emptyFolder, mainOf, makeProject, platform, root, run, runRecipe, ship,
  timeout, dgramUsers, expected,
};
