'use strict';
// Reads what the loader reads of a shared library: 64-bit ELF, little-endian, as on x64 and
// arm64.
const fs = require('node:fs');

const PT_LOAD = 1, PT_DYNAMIC = 2, PT_TLS = 7, PT_GNU_STACK = 0x6474e551, PT_GNU_RELRO = 0x6474e552;
const DT_NEEDED = 1, DT_STRTAB = 5, DT_SYMTAB = 6, DT_TEXTREL = 22, DT_FLAGS_1 = 0x6ffffffb,
  DT_VERNEED = 0x6ffffffe, DT_VERNEEDNUM = 0x6fffffff, DT_HASH = 4, DT_GNU_HASH = 0x6ffffef5;
const NOW = 1, NODELETE = 8;
const PF_X = 1;

function readElf(file) {
  const bytes = fs.readFileSync(file);
  const word = (at) => bytes.readUInt32LE(at);
  const half = (at) => bytes.readUInt16LE(at);
  const long = (at) => Number(bytes.readBigUInt64LE(at));

  const segments = [];
  for (let i = 0, at = long(32); i < half(56); i++, at += half(54)) {
    segments.push({ type: word(at), flags: word(at + 4), offset: long(at + 8),
                    address: long(at + 16), size: long(at + 32) });
  }
  const of = (type) => segments.find((segment) => segment.type === type);

  // The place of an address in the file.
  function place(address) {
    const load = segments.find((one) => one.type === PT_LOAD && address >= one.address &&
                                        address < one.address + one.size);
    return address - load.address + load.offset;
  }

  const dynamic = [];
  for (let at = of(PT_DYNAMIC).offset; long(at) !== 0; at += 16)
    dynamic.push([long(at), long(at + 8)]);
  const tag = (number) => dynamic.find(([name]) => name === number)?.[1];

  function text(offset) {
    const start = place(tag(DT_STRTAB)) + offset;
    return bytes.toString('latin1', start, bytes.indexOf(0, start));
  }

  // Undefined symbols are the first ones, and a hash table says where the others begin.
  function undefinedSymbols() {
    const symbols = [];
    const count = tag(DT_HASH) !== undefined ? word(place(tag(DT_HASH)) + 4) :
      word(place(tag(DT_GNU_HASH)) + 4);
    for (let i = 1, at = place(tag(DT_SYMTAB)) + 24; i < count; i++, at += 24) {
      if (half(at + 6) === 0)
        symbols.push({ name: text(word(at)), weak: bytes[at + 4] >> 4 === 2 });
    }
    return symbols;
  }

  // Of libraries, such as GLIBC_2.17.
  function versions() {
    const names = [];
    let at = tag(DT_VERNEED) === undefined ? 0 : place(tag(DT_VERNEED));
    for (let i = 0; i < (tag(DT_VERNEEDNUM) ?? 0); i++, at += word(at + 12)) {
      for (let j = 0, one = at + word(at + 8); j < half(at + 2); j++, one += word(one + 12))
        names.push(text(word(one + 8)));
    }
    return names;
  }

  const flags = tag(DT_FLAGS_1) ?? 0;
  return {
    needed: dynamic.filter(([name]) => name === DT_NEEDED).map(([, offset]) => text(offset)),
    undefinedSymbols: undefinedSymbols(),
    versions: versions(),
    bindsNow: (flags & NOW) !== 0,
    isNeverUnloaded: (flags & NODELETE) !== 0,
    hasRelro: of(PT_GNU_RELRO) !== undefined,
    hasThreadLocals: of(PT_TLS) !== undefined,
    hasTextRelocations: tag(DT_TEXTREL) !== undefined,
    hasExecutableStack: of(PT_GNU_STACK) === undefined || (of(PT_GNU_STACK).flags & PF_X) !== 0,
  };
}

module.exports = { readElf };
