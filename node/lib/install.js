'use strict';
// The package's install script: if no binary loads here, builds one from source
// with the package manager's node-gyp. It never fails: who requires the package
// is told what is missing, and libdgram/register goes on with node:dgram.
const { spawnSync } = require('node:child_process');
const path = require('node:path');
const runtime = require('./runtime');

function loads() {
  try {
    require('./native');
    return true;
  } catch {
    return false;
  }
}

if (runtime !== null) process.exit(); // it is not used there

// npm_config_build_from_source=true asks for a binary of one's own.
const wanted = process.env.npm_config_build_from_source;
if ((wanted !== 'true' && wanted !== 'libdgram') && loads())
  process.exit();

const gyp = process.env.npm_config_node_gyp;
const [command, args] = gyp ? [process.execPath, [gyp]] : ['node-gyp', []];
const { status } = spawnSync(command, [...args, 'rebuild'], {
  cwd: path.join(__dirname, '..'),
  stdio: 'inherit',
  shell: process.platform === 'win32',
  // All of it is C; node-gyp would link it with a C++ compiler.
  env: { LINK: process.env.CC || 'cc', ...process.env },
});
if (status !== 0)
  console.error('libdgram was not built; it says what is missing when required.');
