'use strict';
// Sockets as messages between processes: subprocess.send(message, socket).
//
// Node sends what is an instance of its own Socket, and takes the handle out of
// the state that it finds there. Ours have such a state: in it stands a handle of
// Node's own, on a duplicate of the descriptor.
const native = require('./native');
const host = require('./host');
const { uncurryThis } = require('./builtins');

// The key under which Node's sockets keep their state: ref() asks for it.
function keyOfState() {
  let key;
  host.Socket.prototype.ref.call(new Proxy({}, {
    get(target, asked) {
      key = asked;
      return { handle: null };
    },
  }));
  return key;
}

const key = keyOfState();
let UDP; // Node's class of handles

function newTwin() {
  if (UDP === undefined) {
    const socket = new host.Socket('udp4');
    UDP = socket[key].handle.constructor;
    socket.close();
  }
  return new UDP();
}

// Not open as long as the socket is not: Node then says EBADF.
function twinOf(handle) {
  handle.twin ??= newTwin();
  if (handle.twin.fd < 0 && handle.fd >= 0) {
    const fd = native.share(handle.native);
    if (fd >= 0) handle.twin.open(fd);
  }
  return handle.twin;
}

// What Node reads of a socket's state.
class HostState {
  #state;

  constructor(state) {
    this.#state = state;
  }

  get handle() {
    const { handle } = this.#state;
    return handle && twinOf(handle);
  }
}

const isInstance = uncurryThis(Function.prototype[Symbol.hasInstance]);
const has = uncurryThis(WeakSet.prototype.has);

// Makes sockets of all copies of this package instances of a class that stands, or
// stood, in node:dgram: Node sends only what is.
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

module.exports = { HostState, addInstances, keyOfState: key };
