'use strict';
// Binds to addresses, which some hosts complete asynchronously, and to descriptors.
//
// In a worker of a cluster the host asks the primary for an address. Newer Nodes abort a
// worker that asks for one twice. So a second socket of the worker binds without the
// primary.
const cluster = require('node:cluster');
const { Map, isInteger } = require('../builtins');
const { EADDRINUSE } = require('../errno');
const { hostPortError, systemError } = require('../errors');
const { kState } = require('../state');
const { nextTick } = require('./ticks');
const { String } = globalThis;

function isDescriptor(fd) {
  return isInteger(fd) && fd > 0 && fd <= 0x7fffffff;
}

// Whether the primary of the cluster owns the descriptor.
function isShared(state, exclusive) {
  return cluster.isWorker && !exclusive && !state.reusePort;
}

const asked = new Map(); // handles, by the address that they have asked the primary for

// Node counts the binds to port 0, so two of them never ask for the same.
function keyOf(socket, { ip, port, exclusive }) {
  return port === 0 || !isShared(socket[kState], exclusive) ? null :
    `${ip}:${port}:${socket.type}`;
}

// The handle is closed, or not bound.
function forget(handle) {
  if (asked.get(handle.key) === handle) asked.delete(handle.key);
}

// The options of a second bind to an address, without the primary. Without a port it asks for
// port 0, because Node counts only these binds.
function optionsOfSecond({ ip, port }) {
  return +port ? { address: String(ip), port, exclusive: true } :
    { address: String(ip), port: 0, exclusive: false };
}

function bindHandle(handle, options, fail, bound) {
  handle.bindLater(options, (code) => {
    if (code >= 0) {
      bound();
      return;
    }
    forget(handle);
    fail(code);
  });
}

// Calls failed(error) or bound(), now or later.
function bindLater(socket, request, failed, bound) {
  const state = socket[kState];
  const { handle } = state;
  const { ip, port, exclusive } = request;
  const fail = (code) => failed(hostPortError(code, 'bind', ip, port));
  const key = keyOf(socket, request);
  if (!asked.has(key)) {
    if (key !== null) asked.set(handle.key = key, handle);
    bindHandle(handle, { address: String(ip), port, exclusive }, fail, bound);
  } else if (state.reuseAddr || !+port) {
    bindHandle(handle, optionsOfSecond(request), fail, bound);
  } else {
    nextTick(() => state.handle && fail(EADDRINUSE));
  }
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
  adopt, bindLater, forget, isDescriptor, isLater: () => true, isShared, open, openShared,
};
