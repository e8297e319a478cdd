'use strict';
// The core's sources, for binding.gyp: beside this folder in a checkout, inside
// it in a package. The checkout comes first: what packing left is no source.
const fs = require('node:fs');
const path = require('node:path');

const root = fs.existsSync(path.join(__dirname, '..', 'include', 'dgram.h')) ?
  '..' : 'core';
const platform = process.platform === 'linux' ? 'linux' : 'posix';
// What is of the other platform, or for the cluster alone.
const others = [`os/${platform === 'linux' ? 'posix' : 'linux'}.c`, 'os/fdpass.c'];
const files = fs.readFileSync(path.join(__dirname, root, 'src', 'layers.txt'), 'utf8')
  .split('\n')
  .filter((file) => file.endsWith('.c') && !file.startsWith('cluster/'))
  .filter((file) => !others.includes(file))
  .map((file) => `${root}/src/${file}`);

module.exports = files;
module.exports.root = root;
