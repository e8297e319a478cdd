'use strict';
// npm installs the package into an empty folder: with the shipped binary, built from
// source, and with neither.
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');

const checkout = path.join(__dirname, '..', '..', '..');
const node = fs.realpathSync(process.execPath);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-'));
const which = (command) => fs.realpathSync(
  execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim());
const timeout = 300000; // a build takes twenty seconds of CPU time
let shipped; // the tarball
let bare; // a tarball without binaries
let poor; // a PATH without compilers

function pack() {
  const env = { ...process.env };
  const out = execFileSync('sh', [path.join(checkout, 'tools', 'pack-node')],
                           { encoding: 'utf8', env });
  return path.join(checkout, 'build', 'npm', out.trim());
}

function without(tarball, folder) {
  const copy = path.join(scratch, 'unpacked');
  fs.mkdirSync(copy);
  execFileSync('tar', ['xzf', tarball, '-C', copy]);
  fs.rmSync(path.join(copy, 'package', folder), { recursive: true });
  const result = path.join(scratch, 'bare.tgz');
  execFileSync('tar', ['czf', result, '-C', copy, 'package']);
  return result;
}

before(() => {
  shipped = pack();
  bare = without(shipped, 'prebuilds');
  poor = path.join(scratch, 'bin');
  fs.mkdirSync(poor);
  fs.symlinkSync(node, path.join(poor, 'node'));
  fs.symlinkSync(which('sh'), path.join(poor, 'sh'));
});

after(() => fs.rmSync(scratch, { recursive: true }));

// Installs the tarball into an empty folder and returns the folder.
function install(tarball, env) {
  const folder = fs.mkdtempSync(path.join(scratch, 'program-'));
  const prefix = path.dirname(path.dirname(node));
  const { status, stdout, stderr } = spawnSync(node, [
    which('npm'), 'install', '--offline', '--no-audit', '--no-fund',
    '--foreground-scripts', tarball,
  ], {
    cwd: folder,
    encoding: 'utf8',
    timeout,
    env: {
      ...process.env,
      // node-gyp uses the headers of this Node if it has some; else it downloads them.
      ...(fs.existsSync(path.join(prefix, 'include', 'node', 'node_api.h')) &&
        { npm_config_nodedir: prefix }),
      ...env,
    },
  });
  assert.strictEqual(status, 0, stdout + stderr);
  return folder;
}

function run(folder, args, env) {
  return spawnSync(node, args, {
    cwd: folder, encoding: 'utf8', timeout, env: { ...process.env, ...env },
  });
}

const talk = `
  const socket = dgram.createSocket('udp4');
  socket.on('message', (msg, { port }) => {
    console.log(msg.toString(), port === socket.address().port);
    socket.close();
  });
  socket.bind(0, '127.0.0.1', () => {
    socket.send('over', socket.address().port, '127.0.0.1');
  });`;

// Requires and imports the package, and sends a datagram with each.
function talks(folder, env) {
  const required = run(folder, ['-e',
    `const dgram = require('libdgram'); ${talk}`], env);
  assert.strictEqual(required.stdout, 'over true\n', required.stderr);
  const imported = run(folder, ['--input-type=module', '-e',
    `import dgram from 'libdgram'; ${talk}`], env);
  assert.strictEqual(imported.stdout, 'over true\n', imported.stderr);
  const registered = run(folder, ['--require', 'libdgram/register', '-e', `
    const dgram = require('node:dgram');
    if (dgram.createSocket !== require('libdgram').createSocket) throw 0;
    ${talk}`], env);
  assert.strictEqual(registered.stdout, 'over true\n', registered.stderr);
}

function binaryOf(folder) {
  const { stdout } = run(folder, ['-p', `require('libdgram');
    process.report.excludeNetwork = true;
    process.report.getReport().sharedObjects
      .filter((file) => file.endsWith('dgram.node')).join()`]);
  return path.relative(path.join(folder, 'node_modules', 'libdgram'),
                       stdout.trim());
}

test('the tarball is small', () => {
  assert.ok(fs.statSync(shipped).size < 1e6);
});

test('its sources are those of the build', () => {
  const listed = execFileSync('tar', ['tzf', shipped], { encoding: 'utf8' })
    .split('\n').filter((name) => name.startsWith('package/core/src/'))
    .map((name) => name.slice('package/core/src/'.length));
  const built = require('../../core').map((name) => name.replace(/^.*?\/src\//, ''));
  const other = process.platform === 'linux' ? 'posix' : 'linux';
  assert.deepStrictEqual(listed.filter((name) => name.endsWith('.c')).sort(),
                         [...built, `os/${other}.c`].sort());
});

test('the shipped binary needs no compiler', { timeout }, () => {
  const folder = install(shipped, { PATH: poor });
  talks(folder, { PATH: poor });
  assert.strictEqual(binaryOf(folder), path.join(
    'prebuilds', `${process.platform}-${process.arch}`, 'dgram.node'));
});

test('no install script is needed', { timeout }, () => {
  const env = { PATH: poor, npm_config_ignore_scripts: 'true' };
  talks(install(shipped, env), env);
});

test('without a binary it is built from source, with a C compiler only', { timeout }, () => {
  const folder = install(bare, { CXX: 'false' });
  talks(folder);
  assert.strictEqual(binaryOf(folder), path.join('build', 'Release', 'dgram.node'));
});

test('a build can be requested', { timeout }, () => {
  const folder = install(shipped, { npm_config_build_from_source: 'true' });
  assert.strictEqual(binaryOf(folder), path.join('build', 'Release', 'dgram.node'));
});

test('without both, the error names what is missing', { timeout }, () => {
  const env = { PATH: poor };
  const folder = install(bare, env);
  const { status, stderr } = run(folder, ['-e', "require('libdgram')"], env);
  assert.strictEqual(status, 1);
  for (const name of ['Python 3', 'make', 'a C compiler'])
    assert.ok(stderr.includes(name), stderr);
  assert.match(stderr, /npm rebuild libdgram/);

  const registered = run(folder, ['--require', 'libdgram/register', '-e', `
    const dgram = require('node:dgram');
    new (require('node:worker_threads').Worker)('', { eval: true });
    ${talk}`], env);
  assert.strictEqual(registered.stdout, 'over true\n', registered.stderr);
  assert.strictEqual(registered.stderr.match(/LibdgramWarning/g)?.length, 1,
                     registered.stderr);
});

test('the error names a binary that cannot be loaded', { timeout }, () => {
  const env = { PATH: poor };
  const folder = install(bare, env);
  const prebuilt = path.join(folder, 'node_modules', 'libdgram', 'prebuilds',
                             `${process.platform}-${process.arch}`);
  fs.mkdirSync(prebuilt, { recursive: true });
  fs.writeFileSync(path.join(prebuilt, 'dgram.node'), 'of another world');
  const { stderr } = run(folder, ['-e', "require('libdgram')"], env);
  assert.match(stderr, /no binary for \S+ can be loaded \(.*dgram\.node/);
});
