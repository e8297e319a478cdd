'use strict';
// The sources of the core, for binding.gyp. In a checkout they are in its root, in the
// package in a folder beside this one.
const fs = require('node:fs');
const path = require('node:path');

const root = fs.existsSync(path.join(__dirname, '..', 'core')) ? '../core' : '../..';
// Files of the other platform, or of the cluster only.
const others = process.platform === 'linux' ? /^os\/(posix|fdpass)\.c$/ : /^os\/(linux.*|fdpass)\.c$/;
const files = fs.readFileSync(path.join(__dirname, root, 'src', 'layers.txt'), 'utf8')
  .split('\n')
  .filter((file) => file.endsWith('.c') && !file.startsWith('cluster/'))
  .filter((file) => !others.test(file))
  .map((file) => `${root}/src/${file}`);

module.exports = files;
module.exports.root = root;
