'use strict';
// The sources of the core, for binding.gyp. In a checkout they are in its root, in the
// package in a folder beside this one.
const fs = require('node:fs');
const path = require('node:path');

const root = fs.existsSync(path.join(__dirname, '..', 'core')) ? '../core' : '../..';
// What a platform does not build: the files of the others, and those that only the
// cluster needs.
const others = {
  linux: /^cluster\/|^os\/(posix|unsupported|fdpass)\.c$|\/windows/,
  posix: /^cluster\/|^os\/(linux.*|fdpass)\.c$|\/windows/,
  win32: new RegExp('^cluster/|^loop/backend\\.c$|^util/netif\\.c$|^os/(linux.*|posix|adopt|calls|' +
    'clock|control_.*|error_queue|fdpass|files|interfaces|path|receive_info|sockets|' +
    'trace_messages|trace_system)\\.c$'),
};

// The sources for a platform of Node.
function files(platform) {
  return fs.readFileSync(path.join(__dirname, root, 'src', 'layers.txt'), 'utf8')
    .split('\n')
    .filter((file) => file.endsWith('.c') && !(others[platform] ?? others.posix).test(file))
    .map((file) => `${root}/src/${file}`);
}

module.exports = files(process.platform);
module.exports.files = files;
module.exports.root = root;
