'use strict';
// Network interfaces, as node:os lists them.
const fs = require('node:fs');
const os = require('node:os');
const { strings } = require('../builtins');

const FAMILY = { __proto__: null, 4: 'IPv4', 6: 'IPv6' };

// Older versions of Node 18 have numbers here.
const isOf = (entry, family) => entry.family === FAMILY[family] || entry.family === family;

// Returns the text by which the host takes an interface. For IPv6 it is '::' with the zone,
// which on Windows is a number.
function addressFor(family, name, entry) {
  if (family === 4) return entry.address;
  return `::%${process.platform === 'win32' ? entry.scopeid : name}`;
}

// { name, address } of each interface that has an address of the family.
function list(family) {
  const found = [];
  const all = os.networkInterfaces();
  for (const name of Object.keys(all)) {
    const entry = all[name].find((candidate) => isOf(candidate, family));
    if (entry !== undefined)
      found[found.length] = { name, address: addressFor(family, name, entry) };
  }
  return found;
}

// node:os reports only the indices of interfaces that have a link-local IPv6 address. Linux
// has a file for each interface.
function hasIndex(name, entries, text) {
  if (entries.some(({ scopeid }) => scopeid > 0 && `${scopeid}` === text)) return true;
  try {
    return strings.trim(fs.readFileSync(`/sys/class/net/${name}/ifindex`, 'utf8')) === text;
  } catch {
    return false;
  }
}

// The name of an interface that is given by its name or its index.
function nameOf(text) {
  const all = os.networkInterfaces();
  if (all[text] !== undefined) return text;
  return Object.keys(all).find((name) => hasIndex(name, all[name], text));
}

// The address for an interface by name or index. Undefined if there is none.
function interfaceAddress(text, family) {
  const name = nameOf(text);
  return list(family).find((found) => found.name === name)?.address;
}

// The name of the interface that has an address. Undefined: not known.
function nameOfAddress(address, family) {
  if (address === null) return undefined;
  const zone = strings.indexOf(address, '%');
  if (family === 6) return zone < 0 ? undefined : strings.slice(address, zone + 1);
  const all = os.networkInterfaces();
  return Object.keys(all).find((name) => all[name].some((entry) =>
    entry.address === address));
}

module.exports = { interfaceAddress, list, nameOfAddress };
