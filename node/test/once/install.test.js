'use strict';
// npm installs the package into an empty folder: with the package of the platform, and
// without.
const assert = require('node:assert');
const { execFileSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test } = require('node:test');

const { version } = require('../../package.json');

const checkout = path.join(__dirname, '..', '..', '..');
const node = fs.realpathSync(process.execPath);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-'));
const which = (command) => fs.realpathSync(
  execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim());
const timeout = 300000; // a build takes twenty seconds of CPU time
let libdgram; // the tarballs
let binary;
let poor; // a PATH without compilers

function pack() {
  const out = execFileSync('sh', [path.join(checkout, 'tools', 'pack-node')],
                           { encoding: 'utf8' });
  return out.trim().split('\n').map((name) => path.join(checkout, name));
}

before(() => {
  [libdgram, binary] = pack();
  poor = path.join(scratch, 'bin');
  fs.mkdirSync(poor);
  fs.symlinkSync(node, path.join(poor, 'node'));
  fs.symlinkSync(which('sh'), path.join(poor, 'sh'));
});

after(() => fs.rmSync(scratch, { recursive: true }));

// Installs tarballs into an empty folder and returns the folder.
function install(tarballs, env) {
  const folder = fs.mkdtempSync(path.join(scratch, 'program-'));
  const prefix = path.dirname(path.dirname(node));
  const { status, stdout, stderr } = spawnSync(node, [
    which('npm'), 'install', '--offline', '--no-audit', '--no-fund',
    '--foreground-scripts', ...tarballs,
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

test('the tarball is small', () => {
  assert.ok(fs.statSync(libdgram).size < 1e6);
});

test('its sources are those of the build', () => {
  const listed = execFileSync('tar', ['tzf', libdgram], { encoding: 'utf8' })
    .split('\n').filter((name) => name.startsWith('package/core/src/'))
    .map((name) => name.slice('package/core/src/'.length));
  const built = require('../../native/core').map((name) => name.replace(/^.*?\/src\//, ''));
  const other = process.platform === 'linux' ? 'posix' : 'linux';
  assert.deepStrictEqual(listed.filter((name) => name.endsWith('.c')).sort(),
                         [...built, `os/${other}.c`].sort());
});

test('it has no install script', () => {
  const text = execFileSync('tar', ['xzOf', libdgram, 'package/package.json'],
                            { encoding: 'utf8' });
  const { scripts, gypfile } = JSON.parse(text);
  assert.strictEqual(scripts, undefined);
  assert.strictEqual(gypfile, undefined);
});

test('with the package of the platform no compiler is needed', { timeout }, () => {
  const folder = install([libdgram, binary], { PATH: poor });
  talks(folder, { PATH: poor });
});

test('without it the error names it', { timeout }, () => {
  const env = { PATH: poor, LIBDGRAM_REQUIRE_NATIVE: '1' };
  const folder = install([libdgram], env);
  const { status, stderr } = run(folder, ['-e', "require('libdgram')"], env);
  assert.strictEqual(status, 1);
  assert.match(stderr, /ERR_LIBDGRAM_NO_BINARY/);
  assert.match(stderr, /npm install @libdgram\/\S+-\S+@\d/);
  assert.match(stderr, /npx libdgram-build/);

  const registered = run(folder, ['--require', 'libdgram/register', '-e', `
    const dgram = require('node:dgram');
    new (require('node:worker_threads').Worker)('', { eval: true });
    ${talk}`], { PATH: poor });
  assert.strictEqual(registered.stderr.match(/LibdgramWarning/g)?.length, 1,
                     registered.stderr);
  assert.strictEqual(registered.stdout, 'over true\n', registered.stderr);
});

// Writes a module in place of the binary and returns why it does not load.
function reasonWith(text) {
  const folder = install([libdgram, binary], {});
  const file = path.join(folder, 'node_modules', '@libdgram',
                         `${process.platform}-${process.arch}`, 'dgram.node');
  text(file);
  const { stdout } = run(folder, ['-p',
    "require('./node_modules/libdgram/lib/native').load().reason"]);
  return stdout;
}

test('the reason names a binary that cannot be loaded', { timeout }, () => {
  const reason = reasonWith((file) => fs.writeFileSync(file, 'of another world'));
  assert.match(reason, /no binary for \S+ can be loaded \(.*dgram\.node/);
});

test('a binary of another version is not used', { timeout }, () => {
  const reason = reasonWith((file) => {
    const code = fs.readFileSync(file, 'latin1');
    fs.rmSync(file); // npm may have linked it to its cache
    fs.writeFileSync(file, code.replace(`\0${version}\0`, '\x009.9.9\0'), 'latin1');
  });
  assert.match(reason, /it is of version 9\.9\.9, not /);
});
