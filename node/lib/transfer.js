'use strict';
// Sends sockets to other processes: subprocess.send(message, socket).
//
// Node sends instances of its own Socket, and takes the handle out of their state. Our
// sockets have such a state, too. Its handle is one of Node's, on a duplicate of the
// descriptor.
const native = require('./addon');
const host = require('./host');
const { UNIX } = require('./state');
const { uncurryThis } = require('./builtins');

// The key under which Node's sockets keep their state: ref() reads it.
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
let UDP; // the class of Node's handles

function newHostHandle() {
  if (UDP === undefined) {
    const socket = new host.Socket('udp4');
    UDP = socket[key].handle.constructor;
    socket.close();
  }
  return new UDP();
}

// Not open if the socket is not, or is a Unix socket: Node then fails with EBADF.
function hostHandleOf(handle) {
  handle.hostHandle ??= newHostHandle();
  if (handle.hostHandle.fd < 0 && handle.fd >= 0 && handle.family !== UNIX) {
    const fd = native.share(handle.native);
    if (fd >= 0) handle.hostHandle.open(fd);
  }
  return handle.hostHandle;
}

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

module.exports = { HostState, addInstances, keyOfState: key };
