'use strict';
// What carries the datagrams: the addon, or sockets of the host's node:dgram. The rest of
// the package uses only these members, which both have:
//
// - Handle, UnixHandle: the handle of a socket;
// - sendQueue: the queue of datagrams to be sent;
// - ticks: nextTick();
// - binding: asynchronous binds, and binds to descriptors;
// - hostHandleOf(handle): a handle of Node's class for the same socket;
// - onDetached(callback): calls it when a detached socket has emitted its last datagram;
// - errorText(number, 0 or 1): the name or the description of an error;
// - hintFor(code): what is added to the message of an error, or '';
// - counters: numbers that emit.js and the addon share.
const { isNative } = require('./addon_or_fallback');

const load = isNative ? require('./addon_transport') : require('./fallback/transport');

// Each member is loaded when it is first read, because some of them need others.
for (const name of Object.keys(load)) {
  Object.defineProperty(module.exports, name, {
    __proto__: null, get: load[name], enumerable: true,
  });
}
