'use strict';
// Deprecated members that old packages still use, if the running Node has them.
const { deprecate } = require('node:util');
const { healthCheck, kState } = require('./state');
const host = require('./host');
const { Socket } = require('./socket');

function addAccessor(name, read, write) {
  const message = `Socket.prototype.${name} is deprecated`;
  Object.defineProperty(Socket.prototype, name, {
    get: deprecate(function() {
      return read(this[kState]);
    }, message, 'DEP0112'),
    set: deprecate(function(value) {
      write(this[kState], value);
    }, message, 'DEP0112'),
  });
}

if (host.hasPrivateMembers) {
  addAccessor('_handle', (state) => state.handle?.udp ?? state.handle, (state, value) => {
    state.handle = value;
  });
  addAccessor('_receiving', (state) => Boolean(state.handle?.reading),
              (state, value) => {
                if (state.handle) state.handle.reading = Boolean(value);
              });
  addAccessor('_bindState', (state) => state.bindState, (state, value) => {
    state.bindState = value;
  });
  addAccessor('_queue', (state) => state.queue, (state, value) => {
    state.queue = value;
  });
  addAccessor('_reuseAddr', (state) => state.reuseAddr, (state, value) => {
    state.reuseAddr = value;
  });
  Socket.prototype._healthCheck = deprecate(function() {
    healthCheck(this);
  }, 'Socket.prototype._healthCheck() is deprecated', 'DEP0112');
  Socket.prototype._stopReceiving = deprecate(function() {
    this[kState].handle?.recvStop();
  }, 'Socket.prototype._stopReceiving() is deprecated', 'DEP0112');
}
