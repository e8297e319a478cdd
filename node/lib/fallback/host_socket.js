'use strict';
// Makes the sockets of the host that carry the datagrams.
const diagnosticsChannel = require('node:diagnostics_channel');
const host = require('../host');

const created = diagnosticsChannel.channel('udp.socket');
const { defineProperty } = Object;

// Names have been resolved before. The host takes the answer at once, so the next step
// follows inside its call.
const lookup = (address, family, callback) => callback(null, address, family);

function create(options) {
  return new host.Socket({ __proto__: null, ...options, lookup });
}

// The program has created one socket, and is to hear of that one only.
function createUnseen(options) {
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

module.exports = createUnseen;
