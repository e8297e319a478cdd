'use strict';
// npm installs the package from a registry: with the package of the platform, and
// without. `make package-test` tries other package managers.
const assert = require('node:assert');
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, test: nodeTest } = require('node:test');

const { exchangesDatagram, newProject, reason, run, succeeds, timeout } =
  require('../lib/installed');
const { host, otherPlatforms, pack, version } = require('../lib/packed');
const { startRegistry } = require('../lib/registry');

const test = (name, body) => nodeTest(name, { timeout }, body);
const node = fs.realpathSync(process.execPath);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-'));
const which = (command) => fs.realpathSync(
  execFileSync('sh', ['-c', `command -v ${command}`], { encoding: 'utf8' }).trim());
const npm = which('npm');
const binaryIn = (folder) =>
  path.join(folder, 'node_modules', '@libdgram', host, 'dgram.node');
let libdgram; // the tarballs
let binary;
let registry;
let withoutCompilers; // the environment of a machine without compilers

before(async () => {
  [libdgram, binary] = pack();
  registry = await startRegistry([libdgram, binary, ...otherPlatforms(binary, scratch)]);
  const bin = path.join(scratch, 'bin');
  fs.mkdirSync(bin);
  fs.symlinkSync(node, path.join(bin, 'node'));
  fs.symlinkSync(which('sh'), path.join(bin, 'sh'));
  withoutCompilers = {
    ...process.env,
    PATH: bin,
    npm_config_registry: registry.url,
    npm_config_cache: path.join(scratch, 'cache'),
    npm_config_userconfig: os.devNull,
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  };
});

after(async () => {
  await registry.stop();
  fs.rmSync(scratch, { recursive: true });
});

// Runs npm in the folder, or in a new one, and returns the folder.
async function npmRuns(args, folder = newProject(scratch)) {
  await succeeds(node, [npm, ...args], { cwd: folder, env: withoutCompilers });
  return folder;
}

const listed = () => execFileSync('tar', ['tzf', libdgram], { encoding: 'utf8' });
const manifest = () => JSON.parse(
  execFileSync('tar', ['xzOf', libdgram, 'package/package.json']));

test('the tarball is small', () => {
  assert.ok(fs.statSync(libdgram).size < 1e6);
});

test('it has no binary and no install script', () => {
  assert.doesNotMatch(listed(), /\.node$/m);
  assert.doesNotMatch(listed(), /^package\/binding\.gyp$/m);
  const { scripts, gypfile } = manifest();
  assert.strictEqual(scripts, undefined);
  assert.strictEqual(gypfile, undefined);
});

test('its sources are those of the build', () => {
  const packed = listed().split('\n')
    .filter((name) => name.startsWith('package/core/src/') && name.endsWith('.c'))
    .map((name) => name.slice('package/core/src/'.length));
  for (const name of require('../../native/core'))
    assert.ok(packed.includes(name.replace(/^.*?\/src\//, '')), name);
});

test('it depends on each package that it looks for, of its own version', () => {
  const text = fs.readFileSync(path.join(__dirname, '..', '..', 'lib', 'find_binary.js'), 'utf8');
  const names = text.match(/@libdgram\/\w+-\w+(?=\/dgram\.node)/g);
  assert.deepStrictEqual(manifest().optionalDependencies,
                         Object.fromEntries(names.map((name) => [name, version])));
});

test('npm installs the binary that fits, without a compiler', async () => {
  const folder = await npmRuns(['install', '--ignore-scripts', 'libdgram']);
  assert.deepStrictEqual(fs.readdirSync(path.join(folder, 'node_modules', '@libdgram')),
                         [host]);
  await exchangesDatagram(folder, [node], withoutCompilers);
});

test('npm ci and an offline cache install it again', async () => {
  const folder = await npmRuns(['install', 'libdgram']);
  const before = registry.requests.length;
  await npmRuns(['ci', '--offline'], folder);
  assert.strictEqual(registry.requests.length, before);
  await exchangesDatagram(folder, [node], withoutCompilers);
});

test('without optional packages the error names the cure', async () => {
  const folder = await npmRuns(['install', '--omit=optional', 'libdgram']);
  assert.ok(!fs.existsSync(binaryIn(folder)));
  const text = await reason(folder, [node], withoutCompilers);
  assert.match(text, /^ERR_LIBDGRAM_NO_BINARY libdgram: /);
  assert.match(text, /npx libdgram-build/);
  const [, cure] = /'npm (install \S+)'/.exec(text);
  await npmRuns(cure.split(' '), folder);
  await exchangesDatagram(folder, [node], withoutCompilers);
});

test('without the addon there is one warning', async () => {
  const folder = await npmRuns(['install', '--omit=optional', 'libdgram']);
  const { stdout, stderr } = await run(node, ['--require', 'libdgram/register', '-e', `
    new (require('node:worker_threads').Worker)('', { eval: true });
    const socket = require('node:dgram').createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      console.log(socket.address().address);
      socket.close();
    });`], { cwd: folder, env: withoutCompilers });
  assert.strictEqual(stdout, '127.0.0.1\n');
  assert.strictEqual(stderr.match(/LibdgramWarning/g)?.length, 1, stderr);
});

test('the reason names a binary that does not load', async () => {
  const folder = await npmRuns(['install', 'libdgram']);
  fs.rmSync(binaryIn(folder)); // it may be a link to one in a cache
  fs.writeFileSync(binaryIn(folder), 'of another world');
  assert.match(await reason(folder, [node], withoutCompilers),
               /no binary for \S+ can be loaded \(.*dgram\.node/);
});

test('a binary of another version is not used', async () => {
  const folder = await npmRuns(['install', 'libdgram']);
  const code = fs.readFileSync(binaryIn(folder), 'latin1');
  fs.rmSync(binaryIn(folder));
  fs.writeFileSync(binaryIn(folder), code.replace(`\0${version}\0`, '\x009.9.9\0'),
                   'latin1');
  assert.match(await reason(folder, [node], withoutCompilers),
               /has version 9\.9\.9 instead of /);
});
