'use strict';
// The getters writableNeedDrain and writableLength of sockets with sendHighWaterMark. The
// names are those of Node's streams. A program may also read them from the prototype.
const { kState } = require('./state');
const { Socket } = require('./socket');

function addGetter(name, read) {
  Object.defineProperty(Socket.prototype, name, {
    __proto__: null,
    get() {
      const state = this[kState];
      return state && read(state);
    },
    configurable: true,
  });
}

// Whether the mark was reached and 'drain' will be emitted.
addGetter('writableNeedDrain', ({ handle, highWaterMark: mark }) =>
  handle !== null && mark !== null && mark.needsDrain);

// Bytes that count for the mark.
addGetter('writableLength', ({ highWaterMark: mark }) => mark?.count);
