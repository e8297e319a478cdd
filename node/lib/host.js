'use strict';
// What the node:dgram of the Node that runs is like: the reference.
const dgram = require('node:dgram');

// As they are now: libdgram/register may replace them.
const { createSocket, Socket } = dgram;
const { prototype } = Socket;

module.exports = {
  createSocket,
  Socket,
  isNew: typeof prototype.bindSync === 'function',
  hasPrivateMembers: '_healthCheck' in prototype,
  asyncDispose: Object.getOwnPropertySymbols(prototype)
    .find((symbol) => typeof prototype[symbol] === 'function'),
};
