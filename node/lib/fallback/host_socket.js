'use strict';
// Creates sockets of the host.
const diagnosticsChannel = require('node:diagnostics_channel');
const host = require('../host');

const created = diagnosticsChannel.channel('udp.socket');
const { defineProperty } = Object;

// Addresses are numeric here. With this lookup the host makes its system call inside bind()
// and send(), because the answer comes at once.
const lookup = (address, family, callback) => callback(null, address, family);

function create(options) {
  return new host.Socket({ __proto__: null, ...options, lookup });
}

// Subscribers of the channel get the socket of the package, and must not get this one.
function createUnpublished(options) {
  if (!created.hasSubscribers) return create(options);
  defineProperty(created, 'hasSubscribers', {
    __proto__: null, value: false, configurable: true,
  });
  try {
    return create(options);
  } finally {
    delete created.hasSubscribers;
  }
}

module.exports = createUnpublished;
