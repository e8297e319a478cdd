'use strict';
// The bytes of typed arrays and DataViews as the engine knows them: properties that a
// program gave to a view of its own, or to a subclass, are not asked.
const { FastBuffer, dataView, setBytes, typedArray } = require('./builtins');

// A DataView that has lost its memory has no length; a typed array has 0.
function lengthOfDataView(view) {
  try {
    return dataView.byteLength(view);
  } catch {
    return 0;
  }
}

function lengthOf(view) {
  return typedArray.kind(view) === undefined ? lengthOfDataView(view) :
    typedArray.byteLength(view);
}

// `length` bytes from `offset` on, of the same memory.
function part(view, offset, length) {
  const { buffer, byteOffset } =
    typedArray.kind(view) === undefined ? dataView : typedArray;
  return new FastBuffer(buffer(view), byteOffset(view) + offset, length);
}

// Copies all `length` bytes of the view to a place in `target`.
function copy(target, at, view, length) {
  if (length === 0) return;
  if (typedArray.kind(view) === 'Uint8Array') {
    try {
      setBytes(target, view, at);
      return;
    } catch {
      // Shared memory that another thread has let grow reaches beyond the target.
    }
  }
  setBytes(target, part(view, 0, length), at);
}

module.exports = { copy, lengthOf, part };
