'use strict';
// A project in an empty folder, and checks of the libdgram that is installed there.
const assert = require('node:assert');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const timeout = 300000; // where other tests use all cores, an installation takes a minute

const exchange = `
  const socket = dgram.createSocket('udp4');
  socket.on('message', (msg, { port }) => {
    console.log(msg.toString(), port === socket.address().port, own.native ?? true);
    socket.close();
  });
  socket.bind(0, '127.0.0.1', () => {
    socket.send('over', socket.address().port, '127.0.0.1');
  });`;

const programs = {
  'required.cjs': `const dgram = require('libdgram'); const own = dgram; ${exchange}`,
  'imported.mjs': `import dgram from 'libdgram'; const own = dgram; ${exchange}`,
  'registered.cjs': `
    require('libdgram/register');
    const dgram = require('node:dgram');
    const own = require('libdgram');
    if (dgram.createSocket !== own.createSocket) throw new Error('not replaced');
    ${exchange}`,
  'reason.cjs': `
    try {
      require('libdgram');
      console.log('it loads');
    } catch (err) {
      console.log(err.code, err.message);
    }`,
};

function newProject(parent, manifest = { name: 'project', private: true }) {
  const folder = fs.mkdtempSync(path.join(parent, 'project-'));
  fs.writeFileSync(path.join(folder, 'package.json'), JSON.stringify(manifest));
  writePrograms(folder);
  return folder;
}

function writePrograms(folder) {
  for (const [name, text] of Object.entries(programs))
    fs.writeFileSync(path.join(folder, name), text);
}

// Runs a command and returns its status and output. It does not block this process, which
// has the registry of the test.
function run(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout,
                                         ...options });
    const output = { stdout: '', stderr: '' };
    for (const name of Object.keys(output))
      child[name].setEncoding('utf8').on('data', (text) => { output[name] += text; });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, ...output }));
  });
}

async function succeeds(command, args, options) {
  const { status, stdout, stderr } = await run(command, args, options);
  assert.strictEqual(status, 0, `${command} ${args.join(' ')}\n${stdout}${stderr}`);
  return stdout;
}

// Checks that the addon sends and receives a datagram, in each way to load it. `node` is
// the command with its first arguments.
async function exchangesDatagram(folder, node = [process.execPath], env = {}) {
  const [command, ...args] = node;
  const names = ['required.cjs', 'imported.mjs', 'registered.cjs'];
  const options = { cwd: folder,
                    env: { ...process.env, ...env, LIBDGRAM_REQUIRE_NATIVE: '1' } };
  await Promise.all(names.map(async (name) => {
    const stdout = await succeeds(command, [...args, name], options);
    assert.strictEqual(stdout, 'over true true\n', name);
  }));
}

// Returns why the addon cannot be loaded.
async function reason(folder, node = [process.execPath], env = {}) {
  const [command, ...args] = node;
  return succeeds(command, [...args, 'reason.cjs'], {
    cwd: folder, env: { ...process.env, ...env, LIBDGRAM_REQUIRE_NATIVE: '1' },
  });
}

module.exports = {
  exchangesDatagram, newProject, reason, run, succeeds, timeout, writePrograms,
};
