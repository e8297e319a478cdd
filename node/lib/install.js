'use strict';
// The install script of the package. If no binary loads here, it builds one from source
// with the node-gyp of the package manager. It never fails: require() reports what is
// missing, and libdgram/register leaves node:dgram in place.
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

if (runtime !== null) process.exit(); // where the addon is not used

// npm_config_build_from_source=true requests a build.
const wanted = process.env.npm_config_build_from_source;
if ((wanted !== 'true' && wanted !== 'libdgram') && loads())
  process.exit();

const gyp = process.env.npm_config_node_gyp;
const [command, args] = gyp ? [process.execPath, [gyp]] : ['node-gyp', []];
const { status } = spawnSync(command, [...args, 'rebuild'], {
  cwd: path.join(__dirname, '..'),
  stdio: 'inherit',
  shell: process.platform === 'win32',
  // The addon is C only, but node-gyp would link it with a C++ compiler.
  env: { LINK: process.env.CC || 'cc', ...process.env },
});
if (status !== 0)
  console.error("libdgram was not built. require('libdgram') reports what is missing.");
