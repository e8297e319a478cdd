'use strict';
// Package managers install libdgram from a registry on loopback, each with the real
// tool. `make package-test` installs the tools.
const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, before, describe, test } = require('node:test');

const { exchangesDatagram, newProject, reason, run, succeeds, timeout, writePrograms } =
  require('../lib/installed');
const { host, otherPlatforms, pack, version, withVersion } = require('../lib/packed');
const { startRegistry } = require('../lib/registry');
const { environment, managers } = require('./managers/list');

const newer = version.replace(/\d+$/, (patch) => (Number(patch) + 1) % 10);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'libdgram-managers-'));
let releases; // the tarballs of two versions
let registry;
let platforms; // the names of all

before(async () => {
  const [libdgram, binary] = pack();
  const others = otherPlatforms(binary, scratch);
  platforms = [host, ...others.map((file) => path.basename(file, '.tgz'))];
  const all = [libdgram, binary, ...others];
  releases = [...all, ...all.map((file) => withVersion(file, newer, scratch))];
  registry = await startRegistry(releases);
});

after(async () => {
  await registry.stop();
  fs.rmSync(scratch, { recursive: true, force: true });
});

// A user of a manager, with a home and caches of their own.
class User {
  constructor(manager, url = registry.url) {
    this.manager = manager;
    this.home = fs.mkdtempSync(path.join(scratch, 'home-'));
    this.env = environment(url, this.home);
    this.command = [process.execPath, manager.script];
    this.node = manager.node(this.command);
  }

  project(manifest, options = {}) {
    const folder = newProject(this.home, manifest);
    this.manager.prepare(folder, options.without);
    return folder;
  }

  runs(folder, ...args) {
    return succeeds(this.command[0], [this.command[1], ...args],
                    { cwd: folder, env: this.env });
  }

  async add(name, ...args) {
    const folder = this.project();
    const output = await this.runs(folder, ...this.manager.add, name, ...args);
    return { folder, output };
  }

  exchangesDatagram(folder) { return exchangesDatagram(folder, this.node, this.env); }
}

// The names of all packages of platforms in a folder, however it is laid out.
function platformsIn(folder) {
  const names = fs.readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('dgram.node'))
    .map((name) => path.basename(path.dirname(name)));
  return [...new Set(names)];
}

const text = (folder, name) => fs.readFileSync(path.join(folder, name), 'utf8');

const cases = {
  'an installation gets the binary that fits': async (manager) => {
    const user = new User(manager);
    const { folder, output } = await user.add('libdgram');
    assert.deepStrictEqual(platformsIn(folder), [host]);
    assert.doesNotMatch(output, /build scripts|postinstall/i);
    await user.exchangesDatagram(folder);
  },

  'scripts are not needed': async (manager) => {
    const user = new User(manager);
    const { folder } = await user.add('libdgram', ...manager.withoutScripts);
    await user.exchangesDatagram(folder);
  },

  'without optional packages the reason names the cure': async (manager) => {
    const user = new User(manager);
    const folder = user.project(undefined, { without: true });
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({
      name: 'project', private: true, dependencies: { libdgram: newer },
    }));
    await user.runs(folder, 'install', ...manager.withoutOptional);
    assert.deepStrictEqual(platformsIn(folder), []);
    const why = await reason(folder, user.node, user.env);
    assert.match(why, new RegExp(`^ERR_LIBDGRAM_NO_BINARY .*@libdgram/${host}@${newer}`));
  },

  'a lock file and a cache install it without the registry': async (manager) => {
    const own = await startRegistry(releases);
    const user = new User(manager, own.url);
    const { folder } = await user.add('libdgram');
    await own.stop();
    // Another machine may be of another platform.
    for (const name of platforms)
      assert.ok(text(folder, manager.lock).includes(`@libdgram/${name}`), name);
    const again = user.project();
    for (const name of ['package.json', manager.lock])
      fs.copyFileSync(path.join(folder, name), path.join(again, name));
    await user.runs(again, ...manager.frozen);
    assert.strictEqual(text(again, manager.lock), text(folder, manager.lock));
    await user.exchangesDatagram(again);
  },

  'a package of a workspace uses it': async (manager) => {
    const user = new User(manager);
    const folder = user.project({ name: 'all', private: true, workspaces: ['parts/*'] });
    manager.workspaces?.(folder);
    const part = path.join(folder, 'parts', 'one');
    fs.mkdirSync(part, { recursive: true });
    fs.writeFileSync(path.join(part, 'package.json'), JSON.stringify({
      name: 'one', version: '1.0.0', dependencies: { libdgram: newer },
    }));
    writePrograms(part);
    await user.runs(folder, 'install');
    await user.exchangesDatagram(part);
  },

  'an upgrade replaces the binary, too': async (manager) => {
    const user = new User(manager);
    const { folder } = await user.add(`libdgram@${version}`);
    await user.exchangesDatagram(folder);
    await user.runs(folder, ...manager.add, `libdgram@${newer}`);
    assert.deepStrictEqual(platformsIn(folder), [host]);
    await user.exchangesDatagram(folder);
  },

  'two versions work side by side': async (manager) => {
    const user = new User(manager);
    const folder = user.project();
    fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify({
      name: 'project', private: true,
      dependencies: { libdgram: newer, older: `npm:libdgram@${version}` },
    }));
    await user.runs(folder, 'install');
    fs.writeFileSync(path.join(folder, 'both.cjs'), `
      const [one, two] = ['libdgram', 'older'].map((name) => require(name));
      console.log(...['libdgram', 'older'].map((name) =>
        require(name + '/package.json').version));
      const from = one.createSocket('udp4');
      const to = two.createSocket('udp4', (msg) => {
        console.log(String(msg));
        from.close();
        to.close();
      });
      to.bind(0, '127.0.0.1', () => from.send('over', to.address().port, '127.0.0.1'));`);
    const [command, ...args] = user.node;
    const output = await succeeds(command, [...args, 'both.cjs'], {
      cwd: folder, env: { ...user.env, LIBDGRAM_REQUIRE_NATIVE: '1' },
    });
    assert.strictEqual(output, `${newer} ${version}\nover\n`);
  },

  'the command that builds it is found': async (manager) => {
    const user = new User(manager);
    const { folder } = await user.add('libdgram');
    const output = await user.runs(folder, ...manager.execute, 'libdgram-build', '--help');
    assert.match(output, /^usage: libdgram-build/m);
  },
};

const areMissing = !fs.existsSync(path.join(__dirname, 'managers', 'node_modules'));
const skip = areMissing &&
  "the package managers are not installed: run 'make package-test'";

for (const [name, manager] of Object.entries(managers)) {
  describe(name, { skip, concurrency: 2, timeout: 1e6 }, () => {
    for (const [label, body] of Object.entries(cases))
      test(label, { timeout }, () => body(manager));
  });
}

for (const name of ['npm 10', 'npm 11']) {
  test(`${name} installs it globally`, { skip, timeout }, async () => {
    const user = new User(managers[name]);
    const { args, bin, modules } = user.manager.addGlobally(user.home);
    await user.runs(user.home, ...args, 'libdgram');
    assert.match(await succeeds(path.join(bin, 'libdgram-build'), ['--help'], {}), /^usage/);
    const program = user.project();
    fs.rmSync(path.join(program, 'imported.mjs')); // import ignores NODE_PATH
    const { stdout } = await run(process.execPath, ['required.cjs'], {
      cwd: program, env: { ...user.env, NODE_PATH: modules, LIBDGRAM_REQUIRE_NATIVE: '1' },
    });
    assert.strictEqual(stdout, 'over true true\n');
  });
}

// Yarn keeps packages with C files out of its archives.
test('Yarn PnP builds it from source', { skip, timeout }, async () => {
  const user = new User(managers['Yarn 4, PnP']);
  const { folder } = await user.add('libdgram');
  assert.match(await user.runs(folder, 'libdgram-build'), /^built /m);
  await user.exchangesDatagram(folder);
});
