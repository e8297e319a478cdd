'use strict';
// The addon. A binary for this platform is taken from prebuilds/, else the one
// that was built here.
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..');

function candidates() {
  const libc = process.platform === 'linux' &&
    !process.report?.getReport?.().header.glibcVersionRuntime ? '-musl' : '';
  return [
    path.join(root, 'build', 'Release', 'dgram.node'),
    path.join(root, 'prebuilds',
              `${process.platform}-${process.arch}${libc}`, 'dgram.node'),
  ];
}

function load() {
  const found = candidates().find((file) => fs.existsSync(file));
  if (found === undefined) {
    throw new Error('libdgram: there is no binary for ' +
      `${process.platform}-${process.arch}, and none was built here. ` +
      "Run 'npm rebuild libdgram' with a C compiler, or use node:dgram.");
  }
  return require(found);
}

module.exports = load();
