'use strict';
// What carries the datagrams: the addon, or sockets of the host's node:dgram. Both have
// these parts, which the rest of the package uses and nothing else of them:
//
// - Handle, UnixHandle: the handle of a socket;
// - sendQueue: the queue of datagrams to be sent;
// - ticks: nextTick() and runInAsyncScope();
// - binding: binds that end later, and descriptors;
// - hostHandleOf(handle): a handle of Node's class on the same socket;
// - onDetached(run): sets what is called when a detached socket has ended;
// - errorText(number, 0 or 1): the name or the description of an error;
// - hintFor(code): what the message of an error adds, or '';
// - counters: those of the thread that emit.js changes.
//
// A part is loaded when it is asked for, because some of them need others.
const { isNative } = require('./choice');

module.exports = isNative ? require('./native_transport') : require('./fallback');
