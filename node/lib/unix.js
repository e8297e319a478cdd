'use strict';
// The arguments of Unix sockets: paths instead of addresses and ports. Within the package
// the path is the address of a datagram, and its port is null.
const { strings } = require('./builtins');
const { ENOTSUP } = require('./errno');
const { invalidArgValue, systemError } = require('./errors');
const { validateInteger, validateString } = require('./validate');
const { nextTick } = require('./transport').ticks;

// The argument of the implicit bind of a send or a connect: the socket gets no address,
// so its datagrams cannot be answered.
const UNNAMED = { __proto__: null };

// Takes the place of the lookup of a UDP socket: nothing is looked up.
function lookup(path, family, callback) {
  nextTick(callback, null, path, family);
}

// Refuses options of createSocket() that would have no effect, and on which a program
// relies.
function checkOptions(options) {
  for (const name of ['receiveBlockList', 'sendBlockList']) {
    if (options[name])
      throw invalidArgValue(`options.${name}`, options[name],
                            "cannot be combined with the type 'unix_dgram'");
  }
}

// Checks a path. An abstract name begins with '@' here; as elsewhere in Node, it may be
// given with a null byte there.
function pathOf(value, name = 'path') {
  validateString(value, name);
  const path = value[0] === '\0' ? `@${strings.slice(value, 1)}` : value;
  if (strings.includes(path, '\0'))
    throw invalidArgValue(name, value, 'must not contain null bytes');
  return path;
}

// The same for a destination, which must not be ''.
function destinationOf(value, name) {
  const path = pathOf(value, name);
  if (path === '') throw invalidArgValue(name ?? 'path', value, 'must not be empty');
  return path;
}

// Reads the argument of bind() and bindSync(). The path '' lets the kernel choose.
function bindOptionsOf(value) {
  if (value === UNNAMED) return { __proto__: null, path: '', unnamed: true };
  const isObject = value !== null && typeof value === 'object';
  const { path, mode, keepFile } = isObject ? value : { __proto__: null, path: value };
  const text = path == null || typeof path === 'function' ? '' : pathOf(path);
  if (mode != null) {
    validateInteger(mode, 'options.mode', 1, 0o777);
    if (text === '' || text[0] === '@')
      throw invalidArgValue('options.mode', mode, 'needs the path of a file');
  }
  return {
    __proto__: null, path: text, mode: mode ?? 0, keepFile: !!keepFile, unnamed: false,
  };
}

// Refuses the keys of a message that only IP has.
function checkNoInfo(message, call) {
  for (const name of ['localAddress', 'interface', 'typeOfService', 'ttl'])
    if (message[name] != null) throw systemError(ENOTSUP, call);
}

module.exports = {
  UNNAMED, bindOptionsOf, checkNoInfo, checkOptions, destinationOf, lookup, pathOf,
};
