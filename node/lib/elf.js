'use strict';
// Linux loads a file whose end is missing, because a disk was full for example. Then the
// process ends with SIGBUS. So the size is compared with what the file says of itself.
const fs = require('node:fs');

const HEADER = 64; // bytes
const MAGIC = 0x7f454c46;
const CLASS_64_LITTLE_ENDIAN = 0x0201;

// Where the table of sections ends, which linkers write last. 0: it is no such file.
function endOf(header) {
  if (header.readUInt32BE(0) !== MAGIC) return 0;
  if (header.readUInt16BE(4) !== CLASS_64_LITTLE_ENDIAN) return 0;
  const sections = header.readUInt16LE(58) * header.readUInt16LE(60);
  return Number(header.readBigUInt64LE(40)) + sections;
}

function isCutOff(file) {
  const header = Buffer.alloc(HEADER);
  const fd = fs.openSync(file);
  try {
    fs.readSync(fd, header, 0, HEADER, 0);
    return fs.fstatSync(fd).size < endOf(header);
  } finally {
    fs.closeSync(fd);
  }
}

module.exports = { isCutOff };
