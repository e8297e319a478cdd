'use strict';
// What the node:dgram of the Node that runs is like: the reference.
const dgram = require('node:dgram');

// As it was before libdgram/register replaced it, which another copy of this package
// may have done: all copies share what the first one found, and their sockets.
const key = Symbol.for('libdgram');
if (dgram[key] === undefined) {
  const { createSocket, Socket, _createSocketHandle } = dgram;
  Object.defineProperty(dgram, key, {
    value: { createSocket, Socket, _createSocketHandle, sockets: new WeakSet() },
  });
}
const { createSocket, Socket, _createSocketHandle, sockets } = dgram[key];
const { prototype } = Socket;

module.exports = {
  sockets, // of all copies
  createSocket,
  Socket,
  _createSocketHandle, // undefined where Node has it no more
  isNew: typeof prototype.bindSync === 'function',
  hasPrivateMembers: '_healthCheck' in prototype,
  methods: Object.keys(prototype).filter((name) => !name.startsWith('_')),
  asyncDispose: Object.getOwnPropertySymbols(prototype)
    .find((symbol) => typeof prototype[symbol] === 'function'),
};
