'use strict';
// The states of a socket, the key under which it keeps its state, and the check that
// most calls begin with.
const { misuse } = require('./errors');

const UNBOUND = 0;
const BINDING = 1;
const BOUND = 2;
const DISCONNECTED = 0;
const CONNECTING = 1;
const CONNECTED = 2;

const UNIX = 1; // as a family, instead of 4 or 6

const kState = Symbol('state symbol');

function healthCheck(socket) {
  if (!socket[kState].handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
}

// Also called with what is no socket, whose error is then another one.
function isUnix(socket) {
  return socket[kState]?.family === UNIX;
}

module.exports = {
  BINDING, BOUND, CONNECTED, CONNECTING, DISCONNECTED, UNBOUND, UNIX, healthCheck,
  isUnix, kState,
};
