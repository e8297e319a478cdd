'use strict';
// libdgram: createSocket and Socket, as node:dgram has them.
const { Socket, createSocket, kState } = require('./socket');
require('./send');
require('./send_many');
require('./inbox');
const { deprecate } = require('node:util');
const host = require('./host');

if (host.asyncDispose) {
  Socket.prototype[host.asyncDispose] = async function() {
    if (!this[kState].handle) return;
    await new Promise((resolve, reject) => {
      this.close((err) => (err ? reject(err) : resolve()));
    });
  };
}

// What old packages still touch, where the host has it too.
if (host.hasPrivateMembers) {
  const member = (name, read) => Object.defineProperty(Socket.prototype, name, {
    get: deprecate(function() {
      return read(this[kState]);
    }, `Socket.prototype.${name} is deprecated`, 'DEP0112'),
    configurable: true,
  });
  member('_handle', (state) => state.handle);
  member('_receiving', (state) => Boolean(state.handle?.reading));
  member('_bindState', (state) => state.bindState);
  member('_queue', (state) => state.queue);
  member('_reuseAddr', (state) => state.reuseAddr);
  const { misuse } = require('./errors');
  Socket.prototype._healthCheck = deprecate(function() {
    if (!this[kState].handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  }, 'Socket.prototype._healthCheck() is deprecated', 'DEP0112');
  Socket.prototype._stopReceiving = deprecate(function() {
    if (this[kState].handle) this[kState].handle.reading = false;
  }, 'Socket.prototype._stopReceiving() is deprecated', 'DEP0112');
}

// The workers of a cluster share sockets through node:dgram's own handles, so
// there it is node:dgram itself.
module.exports = require('node:cluster').isWorker ?
  { createSocket: host.createSocket, Socket: host.Socket } :
  { createSocket, Socket };
