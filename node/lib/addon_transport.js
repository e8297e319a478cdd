'use strict';
// The members of transport.js over the addon, each as a function that loads it.
module.exports = {
  Handle: () => require('./handle'),
  UnixHandle: () => require('./unix_handle'),
  sendQueue: () => require('./send_queue'),
  ticks: () => require('./ticks'),
  binding: () => ({ ...require('./cluster'), ...require('./descriptor') }),
  hostHandleOf: () => require('./host_handle'),
  onDetached: () => (callback) =>
    require('./addon').setupDetach(require('./context').inContext(callback)),
  errorText: () => require('./addon').errorText,
  hintFor: () => () => '',
  counters: () => new globalThis.Int32Array(require('./addon').shared),
};
