#!/usr/bin/env node
'use strict';
// libdgram-build: builds the addon from the sources in the package, for systems that no
// package has a binary for. It builds in a temporary folder, and moves the binary into
// the package only after it has loaded. Arguments are passed to node-gyp.
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const version = require('./version');

const root = path.join(__dirname, '..');
const target = path.join(root, 'native', 'build', 'Release', 'dgram.node');
const isWindows = process.platform === 'win32';
const prefix = path.dirname(path.dirname(process.execPath));

const usage = `usage: libdgram-build [NODE_GYP_OPTION...]

Builds the addon of libdgram from source. It needs Python 3, make, a C compiler, and the
headers of Node. If they are not beside the node binary, node-gyp downloads them;
--nodedir=DIR names a folder that has them in include/node.`;

class Failure extends Error {}

const onPath = (...names) => (process.env.PATH ?? '').split(path.delimiter)
  .flatMap((folder) => names.map((name) => path.join(folder, name)))
  .find((file) => fs.existsSync(file));

function npmFolders() {
  const npm = onPath('npm');
  return [
    process.env.npm_execpath && path.join(path.dirname(process.env.npm_execpath), '..'),
    path.join(prefix, 'lib', 'node_modules', 'npm'),
    path.join(path.dirname(process.execPath), 'node_modules', 'npm'), // Windows
    npm && path.join(path.dirname(fs.realpathSync(npm)), '..'),
  ].filter(Boolean);
}

// Returns the command that runs node-gyp: that of the configuration, of npm, or a
// program on the PATH.
function nodeGyp() {
  const files = [process.env.npm_config_node_gyp, ...npmFolders().map((folder) =>
    path.join(folder, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js'))];
  const file = files.find((name) => name && fs.existsSync(name));
  if (file !== undefined) return [process.execPath, file];
  if (onPath('node-gyp', 'node-gyp.cmd')) return ['node-gyp'];
  throw new Failure("there is no node-gyp: install npm, or run 'npm install -g node-gyp'");
}

// The headers beside the node binary, unless they are those of another Node.
function headerArguments(given) {
  if (given.some((arg) => arg.startsWith('--nodedir'))) return [];
  try {
    const text = fs.readFileSync(path.join(prefix, 'include', 'node', 'node_version.h'),
                                 'utf8');
    const [, major] = /NODE_MAJOR_VERSION (\d+)/.exec(text);
    return major === process.versions.node.split('.')[0] ? [`--nodedir=${prefix}`] : [];
  } catch {
    return [];
  }
}

function missingTools() {
  if (isWindows) return [];
  return [
    ['Python 3', process.env.npm_config_python ?? process.env.PYTHON ??
                 onPath('python3', 'python')],
    ['make', process.env.MAKE ?? onPath('make', 'gmake')],
    ['a C compiler', process.env.CC ?? onPath('cc', 'gcc', 'clang')],
  ].filter(([, found]) => !found).map(([name]) => name);
}

// What node-gyp says when it cannot get the headers.
const downloads = /install got an error|getaddrinfo|ECONNREFUSED|fetch failed/;

function diagnose(output) {
  const missing = missingTools();
  if (missing.length) return `it needs ${missing.join(', ')}`;
  if (downloads.test(output)) {
    return "node-gyp could not download the headers of Node: '--nodedir=DIR' names a " +
      'folder that has them in include/node';
  }
  if (isWindows) return 'see above; it needs Python 3 and the C compiler of Visual Studio';
  return 'see above';
}

function compile(folder, given) {
  const [command, ...script] = nodeGyp();
  const { status, signal, stdout, stderr, error } = spawnSync(
    command, [...script, 'rebuild', ...headerArguments(given), ...given], {
      cwd: path.join(folder, 'native'),
      encoding: 'utf8',
      maxBuffer: 1 << 26,
      shell: isWindows && script.length === 0,
      // The addon is C only, but node-gyp would link it with a C++ compiler.
      env: isWindows ? process.env : { LINK: process.env.CC || 'cc', ...process.env },
    });
  if (status === 0) return;
  if (signal === 'SIGINT' || signal === 'SIGHUP') throw new Failure('it was interrupted');
  const output = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`;
  process.stderr.write(output);
  throw new Failure(`node-gyp failed: ${diagnose(output)}`);
}

// Another process loads it, because a faulty addon may end the process.
function check(file) {
  const { status, stderr } = spawnSync(process.execPath, ['-e', `
    const [, file, version] = process.argv;
    const module = { exports: {} };
    try {
      process.dlopen(module, file);
      if (module.exports.version !== version) throw new Error('it is of another version');
    } catch (err) {
      console.error(err.message);
      process.exitCode = 1;
    }`, file, version], { encoding: 'utf8', env: { ...process.env, NODE_OPTIONS: '' } });
  if (status !== 0) throw new Failure(`the binary does not load: ${stderr.trim()}`);
}

// A name beside the target first: only a rename replaces a file at once.
function install(file) {
  const beside = `${target}.${process.pid}`;
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(file, beside);
  fs.renameSync(beside, target);
}

function requireSources() {
  if (!fs.existsSync(path.join(root, 'core')))
    throw new Failure("this is a checkout: run 'make node' in its root");
  try {
    fs.accessSync(path.join(root, 'native'), fs.constants.W_OK);
  } catch (err) {
    throw new Failure(`${root} cannot be written: ${err.message}`);
  }
}

// A terminal sends these to node-gyp, too. This process continues when node-gyp has
// ended, and cleans up.
function surviveInterrupts() {
  for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {});
}

function build(given) {
  requireSources();
  surviveInterrupts();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-build-'));
  try {
    for (const name of ['native', 'src', 'core'])
      fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    fs.rmSync(path.join(folder, 'native', 'build'), { recursive: true, force: true });
    compile(folder, given);
    const file = path.join(folder, 'native', 'build', 'Release', 'dgram.node');
    check(file);
    install(file);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
  console.log(`built ${target}`);
}

const given = process.argv.slice(2);
if (given.includes('--help') || given.includes('-h')) {
  console.log(usage);
} else {
  try {
    build(given);
  } catch (err) {
    const isExpected = err instanceof Failure || err.syscall !== undefined;
    console.error(isExpected ? `libdgram-build: ${err.message}` : err);
    process.exitCode = 1;
  }
}
