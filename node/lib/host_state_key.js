'use strict';
// The symbol of the property in which the sockets of node:dgram keep their state. Node
// does not export it, so it is learned from ref(), which reads this property first.
// Undefined on hosts whose sockets have no such property.
const { Socket } = require('./host');

function keyOfState() {
  let key;
  try {
    Socket.prototype.ref.call(new Proxy({}, {
      get(target, asked) {
        key ??= asked;
        return { handle: null };
      },
    }));
  } catch {
    // This node:dgram is not that of Node.
  }
  return key;
}

module.exports = keyOfState();
