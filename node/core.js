'use strict';
// The sources of the core, for binding.gyp. They are beside this folder in a checkout, and
// inside it in a package. The checkout comes first, because packing may have left copies.
const fs = require('node:fs');
const path = require('node:path');

const root = fs.existsSync(path.join(__dirname, '..', 'include', 'dgram.h')) ?
  '..' : 'core';
// Files of the other platform, or of the cluster only.
const others = process.platform === 'linux' ? /^os\/(posix|fdpass)\.c$/ : /^os\/(linux.*|fdpass)\.c$/;
const files = fs.readFileSync(path.join(__dirname, root, 'src', 'layers.txt'), 'utf8')
  .split('\n')
  .filter((file) => file.endsWith('.c') && !file.startsWith('cluster/'))
  .filter((file) => !others.test(file))
  .map((file) => `${root}/src/${file}`);

module.exports = files;
module.exports.root = root;
