'use strict';
// Addresses, and options of the native socket.
const { bufferSizeError, misuse, systemError } = require('./errors');
const { validateNumber } = require('./validate');
const { CONNECTED, healthCheck, kState } = require('./state');
const { Socket } = require('./socket');

function check(errno, syscall) {
  if (errno < 0) throw systemError(errno, syscall);
}

function addressOf(socket, peer, syscall) {
  const out = { address: undefined, family: undefined, port: undefined };
  check(socket[kState].handle.address(out, peer), syscall);
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
