'use strict';
// The sides of the comparison: the versions of Node that the tests install, or else the
// running one; Bun and Deno if their packages are installed.
const fs = require('node:fs');
const path = require('node:path');

const OURS = path.join(__dirname, '..');
const MAJORS = [20, 22, 24, 26];

const at = (...names) => path.join(__dirname, ...names);
const nodeOf = (major) => at('..', 'node_modules', `node-${major}`, 'bin', 'node');

function nodes(quick) {
  const found = MAJORS.map((major) => ({ label: `Node ${major}`, bin: nodeOf(major) }))
    .filter(({ bin }) => fs.existsSync(bin));
  const own = { label: `Node ${process.versions.node}`, bin: process.execPath };
  return quick || found.length === 0 ? [own] : found;
}

// Commands of echo servers, by the name of the side.
function echoServers() {
  const bun = at('node_modules', '@oven', 'bun-linux-x64', 'bin', 'bun');
  const deno = at('node_modules', '@deno', 'linux-x64-glibc', 'deno');
  const servers = {
    node: [process.execPath, at('echo.js'), 'node:dgram'],
    ours: [process.execPath, at('echo.js'), OURS],
    deferred: [process.execPath, at('echo.js'), OURS, 'deferred'],
  };
  if (fs.existsSync(bun)) servers.bun = [bun, at('echo_bun.js')];
  if (fs.existsSync(deno))
    servers.deno = [deno, 'run', '-A', at('echo.js'), 'node:dgram'];
  return servers;
}

module.exports = { OURS, echoServers, nodes };
