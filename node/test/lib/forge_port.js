'use strict';
// For NODE_OPTIONS=--require: messages that begin with "forged" seem to come from port 0.
// A real one needs a raw socket; see test/programs/forged_client.c.
const { Socket } = require('../..');

const { emit } = Socket.prototype;
const isForged = (msg) => msg.toString('latin1', 0, 6) === 'forged';

Socket.prototype.emit = function(name, first, rinfo) {
  if (name === 'message' && isForged(first)) rinfo.port = 0;
  if (name === 'messages')
    for (const one of first) if (isForged(one.msg)) one.rinfo.port = 0;
  return Reflect.apply(emit, this, arguments);
};
