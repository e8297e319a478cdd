'use strict';
// Reads what a library for macOS needs of others: a 64-bit Mach-O file.
const LC_SYMTAB = 0x2;
const LC_LOAD_DYLIB = 0xc;
const LC_CODE_SIGNATURE = 0x1d;
const LC_BUILD_VERSION = 0x32;

function* commandsOf(file) {
  let at = 32;
  for (let left = file.readUInt32LE(16); left > 0; left--) {
    const size = file.readUInt32LE(at + 4);
    yield { type: file.readUInt32LE(at), bytes: file.subarray(at, at + size) };
    at += size;
  }
}

const textAt = (bytes, at) => bytes.toString('latin1', at, bytes.indexOf(0, at));

// Returns { name, library } of each symbol that is not in the file. `library` is its name,
// or undefined: any that the process has.
function undefinedSymbols(file, command, libraries) {
  const [symbols, count, names] = [8, 12, 16].map((at) => command.readUInt32LE(at));
  const found = [];
  for (let at = symbols; at < symbols + count * 16; at += 16) {
    if ((file[at + 4] & 0x0f) !== 1) continue; // defined, or not external
    found.push({ name: textAt(file, names + file.readUInt32LE(at)),
                 library: libraries[file[at + 7] - 1] });
  }
  return found;
}

// Returns { libraries, symbols, isSigned, minimum }, `minimum` being the version of macOS.
function read(file) {
  if (file.readUInt32LE(0) !== 0xfeedfacf) throw new Error('this is no Mach-O file');
  const result = { libraries: [], symbols: [], isSigned: false, minimum: 0 };
  let symbols;
  for (const { type, bytes } of commandsOf(file)) {
    if (type === LC_LOAD_DYLIB) result.libraries.push(textAt(bytes, bytes.readUInt32LE(8)));
    if (type === LC_SYMTAB) symbols = bytes;
    if (type === LC_CODE_SIGNATURE) result.isSigned = true;
    if (type === LC_BUILD_VERSION) result.minimum = bytes.readUInt32LE(12) >> 16;
  }
  result.symbols = undefinedSymbols(file, symbols, result.libraries);
  return result;
}

module.exports = { read };
