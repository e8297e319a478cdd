'use strict';
// The parts of transport.js over node:dgram of the host.
const { Int32Array } = globalThis;
const counters = new Int32Array(4);

module.exports = {
  get Handle() {
    return require('./handle');
  },
  get UnixHandle() {
    return require('./unix_handle');
  },
  get sendQueue() {
    return require('./send_queue');
  },
  get ticks() {
    return require('./ticks');
  },
  get binding() {
    return require('./binding');
  },
  hostHandleOf: (handle) => handle.udp,
  onDetached() { /* no socket can be detached */ },
  get errorText() {
    return require('./numbers').errorText;
  },
  get hintFor() {
    return require('./numbers').hintFor;
  },
  counters,
};
