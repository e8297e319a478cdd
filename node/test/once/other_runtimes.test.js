'use strict';
// Bun and Deno, if the packages of the benchmark are installed: the program uses their
// own node:dgram, after one warning.
const assert = require('node:assert');
const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { after, test } = require('node:test');

const root = path.join(__dirname, '..', '..');
const modules = path.join(root, 'bench', 'node_modules');
const bun = path.join(modules, '@oven', 'bun-linux-x64', 'bin', 'bun');
const deno = path.join(modules, '@deno', 'linux-x64-glibc', 'deno');

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'other-runtimes-'));
after(() => fs.rmSync(folder, { recursive: true }));

// In node_modules, because Deno derives the kind of a module from its place.
const installed = path.join(folder, 'node_modules', 'libdgram');
const register = path.join(installed, 'lib', 'register.js');
for (const name of ['lib', 'package.json', path.join('native', 'build', 'Release', 'dgram.node')])
  fs.cpSync(path.join(root, name), path.join(installed, name), { recursive: true });

function write(name, text) {
  const file = path.join(folder, name);
  fs.writeFileSync(file, text);
  return file;
}

const talk = `
  const socket = createSocket('udp4', (msg) => {
    console.log(String(msg), typeof socket.sendMany);
    socket.close();
  });
  socket.bind(0, '127.0.0.1', () =>
    socket.send('over', socket.address().port, '127.0.0.1'));`;

const requires = write('requires.cjs',
                       `const { createSocket } = require('libdgram');${talk}`);
const imports = write('imports.mjs',
                      `import { createSocket } from 'libdgram';${talk}`);
write('package.json', '{}');
const plain = write('plain.cjs',
                    `const { createSocket } = require('node:dgram');${talk}`);
const thread = write('thread.cjs', `
  const { Worker } = require('node:worker_threads');
  require('libdgram');
  new Worker('${requires}').on('exit', () => process.exit());`);
const promises = write('promises.mjs', `
  import { createSocket } from 'libdgram/promises';
  const server = createSocket('udp4');
  const { port } = await server.bind(0, '127.0.0.1');
  const received = server.receive();
  await server.send('over', port, '127.0.0.1');
  const [msg] = await received;
  const loop = (async () => {
    for await (const [text] of server) {
      console.log(String(msg), String(text));
      server.close();
    }
  })();
  await server.send('undefined', port, '127.0.0.1');
  await loop;`);

const runtimes = {
  Bun: [bun, [requires], [imports], ['--preload', register, plain],
        ['--import', register, plain], ['--require', register, plain], [thread],
        [promises]],
  Deno: [deno, ['run', '-A', requires], ['run', '-A', imports],
         ['run', '-A', '--preload', register, plain],
         ['run', '-A', '--import', register, plain], ['run', '-A', thread],
         ['run', '-A', promises]],
};

for (const [name, [binary, ...ways]] of Object.entries(runtimes)) {
  const skip = fs.existsSync(binary) ? false : `${name} is not installed`;
  for (const args of ways) {
    const label = args.map((arg) => path.basename(arg)).join(' ');
    test(`${name} ${label}`, { skip }, () => {
      const { status, stdout, stderr } = spawnSync(binary, args, {
        encoding: 'utf8', timeout: 60000, cwd: folder,
      });
      assert.strictEqual(status, 0, stderr);
      assert.strictEqual(stdout, 'over undefined\n');
      assert.strictEqual(stderr.match(/LibdgramWarning/g)?.length, 1, stderr);
    });
  }
}
