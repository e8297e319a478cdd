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

const kState = Symbol('state symbol');

function healthCheck(socket) {
  if (!socket[kState].handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
}

module.exports = {
  BINDING, BOUND, CONNECTED, CONNECTING, DISCONNECTED, UNBOUND, healthCheck,
  kState,
};
