'use strict';
// What is used of the language, taken as it was when the package was loaded: what a
// program replaces or deletes later (fake clocks, DOM shims, mocks) changes nothing
// here. A method becomes a function whose first argument is `this`.
const { apply } = Reflect;
const uncurryThis = Function.prototype.bind.bind(Function.prototype.call);
const TypedArray = Object.getPrototypeOf(Uint8Array);

function getter(prototype, name) {
  return uncurryThis(Object.getOwnPropertyDescriptor(prototype, name).get);
}

// What views say of themselves.
function gettersOf(prototype) {
  return {
    buffer: getter(prototype, 'buffer'),
    byteLength: getter(prototype, 'byteLength'),
    byteOffset: getter(prototype, 'byteOffset'),
    kind: prototype === DataView.prototype ? null :
      getter(prototype, Symbol.toStringTag), // undefined: no typed array
  };
}

module.exports = {
  FastBuffer: Buffer[Symbol.species], // its constructor takes what Uint8Array's does
  bytesOfText: Buffer.from,
  dataView: gettersOf(DataView.prototype),
  isArray: Array.isArray,
  isView: ArrayBuffer.isView,
  typedArray: gettersOf(TypedArray.prototype),
  apply,
  bufferLength: getter(ArrayBuffer.prototype, 'byteLength'), // 0: detached
  setBytes: uncurryThis(TypedArray.prototype.set),
  getter,
  uncurryThis,
};
