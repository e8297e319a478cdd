'use strict';
// What the node:dgram of the Node that runs is like: the reference.
const dgram = require('node:dgram');

// As they are now: libdgram/register may replace them.
const { createSocket, Socket, _createSocketHandle } = dgram;
const { prototype } = Socket;

module.exports = {
  createSocket,
  Socket,
  _createSocketHandle, // undefined where Node has it no more
  isNew: typeof prototype.bindSync === 'function',
  hasPrivateMembers: '_healthCheck' in prototype,
  methods: Object.keys(prototype).filter((name) => !name.startsWith('_')),
  asyncDispose: Object.getOwnPropertySymbols(prototype)
    .find((symbol) => typeof prototype[symbol] === 'function'),
};
