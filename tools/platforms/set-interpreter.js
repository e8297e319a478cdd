'use strict';
// Makes a program use another dynamic loader: appends its path to the file, and lets the
// program header for the interpreter point there. For 64-bit, little-endian ELF.
//
// usage: node set-interpreter.js PROGRAM LOADER
const fs = require('node:fs');

const PT_INTERP = 3;
const [program, loader] = process.argv.slice(2);
const fd = fs.openSync(program, 'r+');
const start = Buffer.alloc(4096);
fs.readSync(fd, start, 0, start.length, 0);

const path = Buffer.from(`${loader}\0`);
const end = fs.fstatSync(fd).size;
fs.writeSync(fd, path, 0, path.length, end);

const headers = Number(start.readBigUInt64LE(32));
const size = start.readUInt16LE(54), count = start.readUInt16LE(56);
for (let i = 0, at = headers; i < count; i++, at += size) {
  if (start.readUInt32LE(at) !== PT_INTERP) continue;
  start.writeBigUInt64LE(BigInt(end), at + 8);
  start.writeBigUInt64LE(BigInt(path.length), at + 32);
  fs.writeSync(fd, start, at, size, at);
}
fs.closeSync(fd);
