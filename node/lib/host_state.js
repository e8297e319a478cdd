'use strict';
// The key under which the sockets of Node keep their state: ref() reads it. Undefined
// where node:dgram is of another kind.
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
    // It is not one of Node's.
  }
  return key;
}

module.exports = keyOfState();
