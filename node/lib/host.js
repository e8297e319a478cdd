'use strict';
// The host's node:dgram: the module of the runtime that runs this package.
const dgram = require('./get_builtin')('node:dgram');
if (dgram.Socket === undefined) { // Jest's moduleNameMapper does this
  throw new Error('libdgram needs node:dgram, but a tool replaces that by libdgram, ' +
                  'here too. Use libdgram/register instead (in Jest, in setupFiles).');
}

// The exports of node:dgram before libdgram/register replaced them. Another copy of this
// package may have done that, so all copies share what the first one found.
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
  dgram, // the module, which libdgram/register changes
  sockets, // of all copies of this package
  createSocket,
  Socket,
  _createSocketHandle, // undefined if this Node has none
  isNew: typeof prototype.bindSync === 'function',
  hasPrivateMembers: '_healthCheck' in prototype,
  methods: Object.keys(prototype).filter((name) => !name.startsWith('_')),
  asyncDispose: Object.getOwnPropertySymbols(prototype)
    .find((symbol) => typeof prototype[symbol] === 'function'),
};
