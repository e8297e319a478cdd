'use strict';
// Binds to addresses, which some hosts complete asynchronously, and to descriptors.
const cluster = require('node:cluster');
const { isInteger } = require('../builtins');
const { hostPortError, systemError } = require('../errors');
const { kState } = require('../state');
const { String } = globalThis;

function isDescriptor(fd) {
  return isInteger(fd) && fd > 0 && fd <= 0x7fffffff;
}

// Whether the primary of the cluster owns the descriptor.
function isShared(state, exclusive) {
  return cluster.isWorker && !exclusive && !state.reusePort;
}

// Calls failed(error) or bound(), now or later.
function bindLater(socket, { ip, port, exclusive }, failed, bound) {
  socket[kState].handle.bindLater({ address: String(ip), port, exclusive }, (code) => {
    if (code < 0) failed(hostPortError(code, 'bind', ip, port));
    else bound();
  });
}

function openShared(socket, fd, failed, bound) {
  socket[kState].handle.bindLater({ fd }, (code) => {
    if (code < 0) failed(systemError(code, 'open'));
    else bound();
  });
}

// Adopts a descriptor. The host throws what it throws to its own sockets.
function open(state, fd) {
  state.handle.adopt({ fd, exclusive: true });
}

// Adopts a handle of Node.
function adopt(state, handle) {
  state.handle.adopt(handle);
}

module.exports = {
  adopt, bindLater, isDescriptor, isLater: () => true, isShared, open, openShared,
};
