'use strict';
// Loading the module under difficult conditions: flags that deny addons or the network,
// frozen intrinsics, modules that are loaded again.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const unbounded = require('./lib/needs_native')('loading it');

const test = (name, run) => unbounded(name, { timeout: 60000 }, run);
const root = path.join(__dirname, '..');
const register = path.join(root, 'lib', 'register.js');
const isFlag = (flag) => process.allowedNodeEnvironmentFlags.has(flag);
const permission = isFlag('--permission') ? '--permission' :
  isFlag('--experimental-permission') ? '--experimental-permission' : null;

const talk = `
  const socket = require('dgram').createSocket('udp4', (msg) => {
    console.log(String(msg), typeof socket.sendMany);
    socket.close();
  });
  socket.on('error', (err) => console.log(err.code, err.syscall));
  socket.bind(0, '127.0.0.1', () =>
    socket.send('over', socket.address().port, '127.0.0.1'));`;

function run(flags, code, ...more) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath, [...flags, ...more, '-e', code],
    { encoding: 'utf8', timeout: 60000 });
  assert.strictEqual(status, 0, stderr);
  return { stdout, stderr };
}

const registered = (flags) => run(flags, talk, '--require', register);

for (const flag of ['--disable-proto=delete', '--disable-proto=throw',
                    '--frozen-intrinsics', '--throw-deprecation']) {
  test(`with ${flag}`, () => {
    const { stdout, stderr } = registered([flag]);
    assert.strictEqual(stdout, 'over function\n');
    assert.doesNotMatch(stderr, /libdgram/i);
  });
}

// Deprecated members of Node are not used, also those that only this option reports.
for (const flags of [['--pending-deprecation', '--throw-deprecation'],
                     ['--pending-deprecation', '--trace-deprecation']]) {
  test(`with ${flags.join(' ')}`, () => {
    const { stdout, stderr } = registered(flags);
    assert.strictEqual(stdout, 'over function\n');
    assert.strictEqual(stderr, '');
  });
}

// process._tickCallback() would print a warning then.
test('a burst with --pending-deprecation', () => {
  const { stdout, stderr } = run(['--pending-deprecation'], `
    const socket = require('dgram').createSocket('udp4');
    let text = '';
    socket.on('message', (msg) => {
      process.nextTick(() => { text += 'tick '; });
      text += msg + ' ';
      if (String(msg) === '4') setImmediate(() => console.log(text, socket.close() && ''));
    });
    socket.bind(0, '127.0.0.1', () => {
      for (const text of '01234') socket.send(text, socket.address().port, '127.0.0.1');
    });`, '--require', register);
  assert.strictEqual(stdout.trim(), '0 tick 1 tick 2 tick 3 tick 4 tick');
  assert.strictEqual(stderr, '');
});

test('deprecated members of the process are not read', () => {
  const members = ['binding', 'assert', '_getActiveHandles',
                   '_getActiveRequests', '_linkedBinding'];
  const watch = `for (const name of ${JSON.stringify(members)}) {
    Object.defineProperty(process, name, {
      get() { console.log('read', name); },
    });
  }`;
  const { stdout } = run([], watch + `require(${JSON.stringify(register)});` + talk);
  assert.strictEqual(stdout, 'over function\n');
});

// The process object is not changed, either.
test('with a frozen process object', () => {
  const { stdout } = run([], `
    const { chdir, cwd } = process;
    Object.freeze(process);
    require(${JSON.stringify(register)});
    console.log(chdir === process.chdir && cwd === process.cwd);` + talk);
  assert.strictEqual(stdout, 'true\nover function\n');
});

function fallsBack({ stdout, stderr }, expected) {
  assert.strictEqual(stdout, expected);
  assert.strictEqual(stderr.match(/LibdgramWarning/g)?.length, 1, stderr);
  assert.match(stderr, /addons is disabled/);
  // Building one would not help.
  assert.doesNotMatch(stderr, /libdgram-build/);
}

test('without permission for addons, by --no-addons, node:dgram is not replaced', () => {
  fallsBack(registered(['--no-addons']), 'over undefined\n');
});

if (permission !== null) {
  const permissions = [permission, '--allow-fs-read=*'];
  const mayForbidNetwork = isFlag('--allow-net');

  test('without permission for addons node:dgram is not replaced', () => {
    if (mayForbidNetwork) permissions.push('--allow-net');
    fallsBack(registered(permissions), 'over undefined\n');
    if (mayForbidNetwork) permissions.pop();
  });

  test('without permission for the network, calls fail as in node:dgram', () => {
    const { stdout } = registered([...permissions, '--allow-addons']);
    assert.strictEqual(stdout, mayForbidNetwork ?
      'ERR_ACCESS_DENIED bind\n' : 'over function\n');
  });
}

// Test runners load modules again for each file. Earlier instances must keep working.
test('several instances of the modules work side by side', () => {
  const { stdout } = run([], `
    const root = ${JSON.stringify(root)};
    const { once } = require('node:events');
    const load = () => {
      for (const file of Object.keys(require.cache))
        if (!file.endsWith('.node')) delete require.cache[file];
      return require(root);
    };
    const open = async (dgram) => {
      const socket = dgram.createSocket('udp4');
      socket.bind(0, '127.0.0.1');
      await once(socket, 'listening');
      return socket;
    };
    (async () => {
      const first = load();
      const second = load();
      console.log(first.Socket === second.Socket);
      const a = await open(first);
      const b = await open(second);
      for (const [from, to] of [[a, b], [b, a], [a, a], [b, b]]) {
        from.send('over', to.address().port, '127.0.0.1');
        const [msg, rinfo] = await once(to, 'message');
        console.log(String(msg), rinfo.port === from.address().port);
      }
      a.close();
      b.close();
    })();`);
  assert.strictEqual(stdout, 'false\n' + 'over true\n'.repeat(4));
});

// Functions that the program took from node:dgram earlier remain those of Node. The
// module itself changes, and so do the bindings that ECMAScript modules import.
test('functions taken from node:dgram before it was replaced', () => {
  const { stdout } = run(['--input-type=module'], `
    import dgram, { createSocket } from 'node:dgram';
    import { createRequire } from 'node:module';
    const require = createRequire(import.meta.url);
    const early = require('dgram');
    const taken = early.createSocket;
    class Heir extends early.Socket {}
    require(${JSON.stringify(register)});
    const own = require(${JSON.stringify(root)});
    console.log('taken', taken === own.createSocket);
    console.log('heir', new Heir('udp4').close() instanceof own.Socket);
    console.log('module', early.createSocket === own.createSocket);
    console.log('default', dgram.createSocket === own.createSocket);
    console.log('name', createSocket === own.createSocket);`);
  assert.strictEqual(stdout, 'taken false\nheir false\nmodule true\n' +
    'default true\nname true\n');
});

// process.report would resolve the names of the hosts that the process talks to.
test('the binary of the platform is found without process.report', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'shipped-'));
  fs.cpSync(path.join(root, 'lib'), path.join(folder, 'lib'), { recursive: true });
  fs.cpSync(path.join(root, 'native', 'build', 'Release', 'dgram.node'),
            path.join(folder, 'node_modules', '@libdgram',
                      `${process.platform}-${process.arch}`, 'dgram.node'));
  const { stdout } = run([], `
    process.report.getReport = () => console.log('asked');
    require(${JSON.stringify(path.join(folder, 'lib', 'register.js'))});` + talk);
  assert.strictEqual(stdout, 'over function\n');
  fs.rmSync(folder, { recursive: true });
});
