'use strict';
// The bytes of typed arrays and DataViews as the engine stores them. Properties with
// which a program hides those of the engine are not read.
const { FastBuffer, dataView, setBytes, typedArray } = require('./builtins');

// The length of a detached DataView throws; that of a typed array is 0.
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

// A view of `length` bytes from `offset` on.
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
      // Another thread has grown shared memory, and the view exceeds the target.
    }
  }
  setBytes(target, part(view, 0, length), at);
}

module.exports = { copy, lengthOf, part };
