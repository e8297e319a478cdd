'use strict';
// What a program may ask before it sends, with sendHighWaterMark. The names are those of
// Node's streams.
const { kState } = require('./state');
const { Socket } = require('./socket');

function addGetter(name, read) {
  Object.defineProperty(Socket.prototype, name, {
    get() {
      return read(this[kState]);
    },
    configurable: true,
  });
}

// Whether the mark was reached, so that 'drain' will be emitted.
addGetter('writableNeedDrain', ({ handle, highWaterMark: mark }) =>
  handle !== null && mark !== null && mark.needsDrain);

// Bytes that count for the mark.
addGetter('writableLength', ({ highWaterMark: mark }) => mark?.count);
