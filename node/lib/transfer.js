'use strict';
// Sends sockets to other processes: subprocess.send(message, socket).
//
// Node sends instances of its own Socket, and takes the handle out of their state. Our
// sockets have such a state, too. Its handle is one of Node's.
const host = require('./host');
const { hostHandleOf } = require('./transport');
const { uncurryThis } = require('./builtins');

// What Node reads of the state of a socket.
class HostState {
  #state;

  constructor(state) {
    this.#state = state;
  }

  get handle() {
    const { handle } = this.#state;
    return handle && hostHandleOf(handle);
  }
}

const isInstance = uncurryThis(Function.prototype[Symbol.hasInstance]);
const has = uncurryThis(WeakSet.prototype.has);

// Makes the sockets of all copies of this package instances of a class that node:dgram
// exports or exported. Node sends nothing else.
function addInstances(Class) {
  Object.defineProperty(Class, Symbol.hasInstance, {
    value(object) {
      return isInstance(this, object) ||
        (this === Class && has(host.sockets, object));
    },
    configurable: true,
  });
}

addInstances(host.Socket);

module.exports = { HostState, addInstances };
