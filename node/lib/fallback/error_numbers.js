'use strict';
// Converts errors of the host to numbers. The rest of the package makes errors of them
// that are the same on all hosts.
const { getSystemErrorMap } = require('node:util');
const { Map } = require('../builtins');
const { reason } = require('../addon_or_fallback');
const errno = require('../errno');

const known = new Map(getSystemErrorMap()); // names and descriptions, by number
const numbers = new Map(); // by name
for (const name of Object.keys(errno)) numbers.set(name, errno[name]);

const { EADDRNOTAVAIL, EBADF, EINVAL, ENODEV, ENOTSUP } = errno;

function nameOf(number) {
  for (const name of Object.keys(errno)) if (errno[name] === number) return name;
  return 'UNKNOWN';
}

// The name of an error (0) or its description (1).
function errorText(number, part) {
  return known.get(number)?.[part] ?? nameOf(number);
}

// Errors that Node throws where the addon gets the result of a system call: the state of
// the host's socket has changed since the datagram was accepted.
numbers.set('ERR_SOCKET_DGRAM_IS_CONNECTED', numbers.get('EISCONN'));
numbers.set('ERR_SOCKET_DGRAM_NOT_CONNECTED', numbers.get('ENOTCONN'));
numbers.set('ERR_SOCKET_BAD_PORT', numbers.get('EDESTADDRREQ'));

// Returns the number of an error of the host. Throws it if it is not that of a system
// call. Some hosts have positive numbers, or none.
function numberOf(err) {
  const number = numbers.get(err.info?.code ?? err.code);
  if (number !== undefined) return number;
  if (typeof err.errno === 'number' && err.errno !== 0)
    return err.errno < 0 ? err.errno : -err.errno;
  throw err;
}

// The same for any error that a host reports. Bun gives some of them no code.
function numberOfAny(err) {
  try {
    return numberOf(err);
  } catch {
    return numbers.get('UNKNOWN');
  }
}

// Calls a function that throws, and returns its result or a number.
function attempt(call) {
  try {
    return call() ?? 0;
  } catch (err) {
    return numberOf(err);
  }
}

// What the message of an error adds.
function hintFor(code) {
  return code === 'ENOTSUP' ? `: this needs the addon of libdgram (${reason})` : '';
}

module.exports = {
  EADDRNOTAVAIL, EBADF, EINVAL, ENODEV, ENOTSUP, attempt, errorText, hintFor, numberOf,
  numberOfAny,
};
