'use strict';
// What the node:dgram of the Node that runs is like: the reference.
const dgram = require('node:dgram');

const prototype = dgram.Socket.prototype;

module.exports = {
  dgram,
  isNew: typeof prototype.bindSync === 'function',
  hasPrivateMembers: '_healthCheck' in prototype,
  asyncDispose: Object.getOwnPropertySymbols(prototype)
    .find((symbol) => typeof prototype[symbol] === 'function'),
};
