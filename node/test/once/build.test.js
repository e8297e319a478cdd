'use strict';
// `npx libdgram-build` builds the addon from the sources in the package, or says what is
// missing and leaves nothing.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test: nodeTest } = require('node:test');

const { exchangesDatagram, newProject, run, timeout } = require('../lib/installed');
const { pack } = require('../lib/packed');

const test = (name, body) => nodeTest(name, { timeout }, body);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-build-'));
const isWithHeaders = fs.existsSync(path.join(
  path.dirname(path.dirname(fs.realpathSync(process.execPath))), 'include', 'node'));
let libdgram;

before(() => { [libdgram] = pack(); });
after(() => fs.rmSync(scratch, { recursive: true }));

// The package without any binary, in a project.
function install() {
  const folder = newProject(scratch);
  const root = path.join(folder, 'node_modules', 'libdgram');
  fs.mkdirSync(root, { recursive: true });
  execFileSync('tar', ['xzf', libdgram, '-C', root, '--strip-components=1']);
  return { folder, root, native: path.join(root, 'native') };
}

const build = ({ root }, env, args = [], node = process.execPath) =>
  run(node, [path.join(root, 'lib', 'build.js'), ...args],
      { env: { ...process.env, ...env } });

function program(name, text) {
  const file = path.join(scratch, name);
  fs.writeFileSync(file, text, { mode: 0o755 });
  return file;
}

async function failsWith(expected, env, args, node) {
  const project = install();
  const { status, stderr } = await build(project, env, args, node);
  assert.strictEqual(status, 1, stderr);
  assert.match(stderr.slice(stderr.lastIndexOf('libdgram-build: ')), expected);
  assert.deepStrictEqual(fs.readdirSync(project.native), ['binding.gyp', 'core.js']);
}

test('it builds with a C compiler only, and leaves only the binary', async () => {
  const project = install();
  const { status, stdout, stderr } = await build(project, { CXX: 'false' });
  assert.strictEqual(status, 0, stdout + stderr);
  assert.match(stdout, /^built .*dgram\.node\n$/);
  assert.deepStrictEqual(fs.readdirSync(project.native, { recursive: true }).sort(), [
    'binding.gyp', 'build', 'build/Release', 'build/Release/dgram.node', 'core.js',
  ]);
  await exchangesDatagram(project.folder);
});

test('it names the tools that are missing', async () => {
  const bin = path.join(scratch, 'bin');
  fs.mkdirSync(bin);
  await failsWith(/it needs Python 3, make, a C compiler\n$/, {
    PATH: bin, CC: undefined, npm_config_node_gyp: program('gyp.js', 'process.exit(1);'),
  });
});

test('without node-gyp it names npm', async () => {
  const node = path.join(scratch, 'node'); // npm is beside the other one
  fs.copyFileSync(process.execPath, node);
  await failsWith(/there is no node-gyp: install npm/, {
    PATH: scratch, npm_config_node_gyp: undefined, npm_execpath: undefined,
  }, [], node);
  fs.rmSync(node);
});

// Compiles nothing, which is quicker; writes something in place of the binary.
const fakeCompiler = (name, status) => program(name, `#!/bin/sh
  link=yes
  for word; do
    [ "$word" != -c ] || link=
    [ "$last" != -o ] || echo half >"$word"
    last=$word
  done
  [ -z "$link" ] || exit ${status}`);

test('a link that fails half-way leaves no binary', async () => {
  const CC = fakeCompiler('fails', 1);
  await failsWith(/node-gyp failed/, { CC, LINK: CC });
});

for (const signal of ['SIGINT', 'SIGHUP']) {
  test(`${signal} leaves nothing`, async () => {
    const folder = fs.mkdtempSync(path.join(scratch, 'tmp-'));
    const gyp = program(`${signal}.js`, `
      process.kill(process.ppid, '${signal}');
      process.kill(process.pid, '${signal}');
      setTimeout(() => {}, 10000);`);
    await failsWith(/it was interrupted\n$/, { TMPDIR: folder, npm_config_node_gyp: gyp });
    assert.deepStrictEqual(fs.readdirSync(folder), []);
  });
}

test('an error of the file system has no stack', async () => {
  await failsWith(/: ENOENT: .* mkdtemp .*\n$/, { TMPDIR: path.join(scratch, 'none') });
});

test('a binary that does not load is not installed', async () => {
  const CC = fakeCompiler('succeeds', 0);
  await failsWith(/the binary does not load: .*dgram\.node/,
                  { CC, LINK: CC });
});

// The node-gyp of Debian finds these wherever Node is.
const debianHasHeaders = fs.existsSync('/usr/include/node/common.gypi');

nodeTest('without headers and network it names --nodedir', {
  timeout, skip: debianHasHeaders ? 'Debian has installed headers' : false,
}, async () => {
  const folder = path.join(scratch, 'alone', 'bin');
  fs.mkdirSync(folder, { recursive: true });
  const node = path.join(folder, 'node');
  fs.copyFileSync(process.execPath, node);
  const env = { npm_config_nodedir: '', npm_config_userconfig: os.devNull, npm_config_devdir: path.join(scratch, 'headers'),
                npm_config_disturl: 'http://127.0.0.1:1025' };
  await failsWith(/'--nodedir=DIR' names a folder/, env, [], node);
});

nodeTest('--nodedir names the headers', {
  timeout, skip: isWithHeaders ? false : 'there are no headers beside this Node',
}, async () => {
  const seen = path.join(scratch, 'seen');
  const gyp = program('recorder.js', `
    require('fs').writeFileSync(${JSON.stringify(seen)}, process.argv.join(' '));
    process.exit(1);`);
  await build(install(), { npm_config_node_gyp: gyp }, ['--nodedir=/mine']);
  assert.match(fs.readFileSync(seen, 'utf8'), / rebuild --nodedir=\/mine$/);
});
