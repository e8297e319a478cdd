'use strict';
// The parts of transport.js over the addon.
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
    return { ...require('./cluster'), ...require('./descriptor') };
  },
  get hostHandleOf() {
    return require('./host_handle');
  },
  get onDetached() {
    return require('./addon').setupDetach;
  },
  get errorText() {
    return require('./addon').errorText;
  },
  hintFor: () => '',
  get counters() {
    return new globalThis.Int32Array(require('./addon').shared);
  },
};
