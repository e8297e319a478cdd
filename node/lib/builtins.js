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

module.exports = {
  FastBuffer: Buffer[Symbol.species], // its constructor takes what Uint8Array's does
  apply,
  bufferLength: getter(ArrayBuffer.prototype, 'byteLength'), // 0: detached
  setBytes: uncurryThis(TypedArray.prototype.set),
  getter,
  uncurryThis,
};
