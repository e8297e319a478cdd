'use strict';
// The sides of the comparison: the versions of Node that the tests install, or the running
// one if there are none; Bun and Deno if their packages are installed.
const { execFileSync } = require('node:child_process');
const fs = require('node:fs');
const path = require('node:path');

const OURS = path.join(__dirname, '..');
const MAJORS = [20, 22, 24, 26];

const at = (...names) => path.join(__dirname, ...names);
const nodeOf = (major) => at('..', 'node_modules', `node-${major}`, 'bin', 'node');

// Writes the package as it is published to the folder, and returns the folder.
function publish(folder) {
  const join = at('..', '..', 'tools', 'release', 'join.js');
  fs.rmSync(folder, { recursive: true, force: true });
  execFileSync(process.execPath, [join, path.join(folder, 'lib')]);
  fs.symlinkSync(path.join(OURS, 'native'), path.join(folder, 'native'));
  fs.copyFileSync(path.join(OURS, 'package.json'), path.join(folder, 'package.json'));
  return folder;
}

function nodes(quick) {
  const found = MAJORS.map((major) => ({ label: `Node ${major}`, bin: nodeOf(major) }))
    .filter(({ bin }) => fs.existsSync(bin));
  const own = { label: `Node ${process.versions.node}`, bin: process.execPath };
  return quick || found.length === 0 ? [own] : found;
}

const bun = at('node_modules', '@oven', 'bun-linux-x64', 'bin', 'bun');
const deno = at('node_modules', '@deno', 'linux-x64-glibc', 'deno');

// One way in other runtimes: side, how to start a program, module, receive, send. `bun`
// and `denoListen` use the runtime's own sockets, the others its node:dgram.
function runtimes() {
  const args = ['run', '-A', '--unstable-net'];
  return [
    ['ours', { bin: process.execPath }, OURS, 'each', 'each'],
    ['bun', { bin: bun, suffix: '_bun.mjs' }, 'Bun', 'each', 'many'],
    ['bunDgram', { bin: bun }, 'node:dgram', 'each', 'each'],
    ['denoListen', { bin: deno, args, suffix: '_deno.mjs' }, 'Deno', 'each', 'each'],
    ['deno', { bin: deno, args }, 'node:dgram', 'each', 'each'],
  ].filter(([, { bin }]) => fs.existsSync(bin));
}

// Echo servers: side, command.
const echoServers = ({ bin }) => [
  ['node', [bin, at('echo.js'), 'node:dgram']],
  ['ours', [bin, at('echo.js'), OURS]],
  ['deferred', [bin, at('echo.js'), OURS, 'deferred']],
];

// The same in other runtimes, with their own sockets or node:dgram.
const otherServers = () => [
  ['bun', [bun, at('echo_bun.js')]],
  ['deno', [deno, 'run', '-A', at('echo.js'), 'node:dgram']],
].filter(([, [bin]]) => fs.existsSync(bin));

module.exports = { OURS, echoServers, nodes, otherServers, publish, runtimes };
