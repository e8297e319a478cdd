'use strict';
// Addresses, and options of the native socket.
const {
  bufferSizeError, invalidArgType, invalidArgValue, misuse, systemError,
  zoneError,
} = require('./errors');
const numbers = require('./errno');
const { flush } = require('./lookup_cache');
const {
  checkLiteral, validateInteger, validateNumber, validateString,
} = require('./validate');
const { CONNECTED, healthCheck, kState } = require('./state');
const { Socket } = require('./socket');

function check(errno, syscall) {
  if (errno < 0) throw systemError(errno, syscall);
}

function addressOf(socket, peer, syscall) {
  const out = { address: undefined, family: undefined, port: undefined };
  const errno = socket[kState].handle.address(out, peer);
  if (errno === numbers.ENXIO) throw zoneError(errno);
  check(errno, syscall);
  return out;
}

Socket.prototype.address = function() {
  healthCheck(this);
  return addressOf(this, false, 'getsockname');
};

Socket.prototype.remoteAddress = function() {
  healthCheck(this);
  if (this[kState].connectState !== CONNECTED)
    throw misuse('ERR_SOCKET_DGRAM_NOT_CONNECTED');
  return addressOf(this, true, 'getpeername');
};

Socket.prototype.setBroadcast = function(flag) {
  check(this[kState].handle.setBroadcast(flag ? 1 : 0), 'setBroadcast');
};

Socket.prototype.setTTL = function(ttl) {
  validateNumber(ttl, 'ttl');
  check(this[kState].handle.setTTL(ttl), 'setTTL');
  return ttl;
};

// ---- Beyond node:dgram -------------------------------------------------------

// A result that is a value, or a code.
function checked(result, syscall) {
  check(result, syscall);
  return result;
}

// As in net.Socket.
Socket.prototype.setTypeOfService = function(tos) {
  healthCheck(this);
  if (typeof tos !== 'number' || tos !== tos) // eslint-disable-line no-self-compare
    throw invalidArgType('tos', 'of type number', tos);
  validateInteger(tos, 'tos', 0, 255);
  check(this[kState].handle.setTypeOfService(tos), 'setTypeOfService');
  return this;
};

Socket.prototype.getTypeOfService = function() {
  healthCheck(this);
  return checked(this[kState].handle.getTypeOfService(), 'getTypeOfService');
};

// By enum dgram_pmtu.
const MODES = ['dont', 'want', 'do', 'probe', 'interface', 'omit'];

function modeOf(value) {
  if (typeof value === 'boolean') return value ? 2 : 0;
  if (typeof value !== 'string')
    throw invalidArgType('mode', 'of type boolean or string', value);
  for (let i = 0; i < MODES.length; i++)
    if (MODES[i] === value) return i;
  throw invalidArgValue('mode', value, "must be one of: 'dont', 'want', 'do', 'probe', " +
                        "'interface', 'omit'");
}

Socket.prototype.setDontFragment = function(mode) {
  healthCheck(this);
  check(this[kState].handle.setDontFragment(modeOf(mode)), 'setDontFragment');
  return this;
};

Socket.prototype.getDontFragment = function() {
  healthCheck(this);
  return MODES[checked(this[kState].handle.getDontFragment(), 'getDontFragment')];
};

Socket.prototype.getPathMTU = function(address) {
  healthCheck(this);
  const state = this[kState];
  if (address !== undefined) checkLiteral(address, 'address', 'getPathMTU');
  else if (state.connectState !== CONNECTED)
    throw misuse('ERR_SOCKET_DGRAM_NOT_CONNECTED');
  return checked(state.handle.getPathMTU(address ?? null), 'getPathMTU');
};

Socket.prototype.flushLookup = function(hostname) {
  if (hostname !== undefined) validateString(hostname, 'hostname');
  flush(hostname);
  return this;
};

for (const name of ['flushLookup', 'setTypeOfService', 'getTypeOfService',
                    'setDontFragment', 'getDontFragment', 'getPathMTU'])
  Object.defineProperty(Socket.prototype, name, { enumerable: false });

Socket.prototype.ref = function() {
  this[kState].handle?.ref();
  return this;
};

Socket.prototype.unref = function() {
  this[kState].handle?.unref();
  return this;
};

// ---- Buffers -----------------------------------------------------------------

function bufferSize(socket, size, receive) {
  if (size >>> 0 !== size) throw misuse('ERR_SOCKET_BAD_BUFFER_SIZE');
  const result = socket[kState].handle.bufferSize(size, receive);
  if (result < 0)
    throw bufferSizeError(result, receive ? 'uv_recv_buffer_size' :
      'uv_send_buffer_size');
  return result;
}

Socket.prototype.setRecvBufferSize = function(size) {
  bufferSize(this, size, true);
};

Socket.prototype.setSendBufferSize = function(size) {
  bufferSize(this, size, false);
};

Socket.prototype.getRecvBufferSize = function() {
  return bufferSize(this, 0, true);
};

Socket.prototype.getSendBufferSize = function() {
  return bufferSize(this, 0, false);
};

Socket.prototype.getSendQueueSize = function() {
  return this[kState].handle.getSendQueueSize();
};

Socket.prototype.getSendQueueCount = function() {
  return this[kState].handle.getSendQueueCount();
};

module.exports = { check, setBufferSize: bufferSize };
