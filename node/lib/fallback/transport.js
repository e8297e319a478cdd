'use strict';
// The members of ../transport.js over node:dgram of the host, each as a function that
// loads it.
const counters = new globalThis.Int32Array(4);

module.exports = {
  Handle: () => require('./handle'),
  UnixHandle: () => require('./unix_handle'),
  sendQueue: () => require('./send_queue'),
  ticks: () => require('./ticks'),
  binding: () => require('./binding'),
  hostHandleOf: () => (handle) => handle.udp,
  onDetached: () => () => { /* no socket can be detached */ },
  errorText: () => require('./error_numbers').errorText,
  hintFor: () => require('./error_numbers').hintFor,
  counters: () => counters,
};
