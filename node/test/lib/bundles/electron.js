'use strict';
// The rule of Electron for native modules in an archive: process.dlopen() takes the file
// of the same name in app.asar.unpacked, or if it was not unpacked, a temporary copy of
// what is in the archive. Here app.asar is a folder.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { dlopen } = process;

function copyFileOut(file) {
  const unpacked = file.replace(/\.asar([/\\])/, '.asar.unpacked$1');
  if (fs.existsSync(unpacked)) return unpacked;
  const copy = path.join(fs.mkdtempSync(path.join(os.tmpdir(), 'asar-')), 'copy.node');
  fs.copyFileSync(file, copy);
  process.on('exit', () => fs.rmSync(path.dirname(copy), { recursive: true }));
  return copy;
}

process.dlopen = function(module, file, ...flags) {
  const place = /\.asar[/\\]/.test(file) ? copyFileOut(file) : file;
  return Reflect.apply(dlopen, process, [module, place, ...flags]);
};
