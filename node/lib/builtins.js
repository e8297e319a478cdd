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

// A class like Map whose methods are those of now.
function keepMethods(Class) {
  class Kept extends Class {}
  for (const name of Reflect.ownKeys(Class.prototype)) {
    if (name === 'constructor') continue;
    Object.defineProperty(Kept.prototype, name, Object.getOwnPropertyDescriptor(
      Class.prototype, name));
  }
  return Kept;
}

// Instances do not inherit what somebody puts into Object.prototype: a setter or a
// constant there would take their fields.
function inheritNothing(Class) {
  Object.setPrototypeOf(Class.prototype, null);
}

// Of an array, without its methods, its iterator or its species.
function slice(list, from, to) {
  const part = [];
  for (let i = from; i < to; i++) part[i - from] = list[i];
  return part;
}

const strings = {};
for (const name of ['includes', 'indexOf', 'replace', 'slice', 'toLowerCase', 'trim'])
  strings[name] = uncurryThis(String.prototype[name]);

module.exports = {
  Map: keepMethods(Map),
  Set: keepMethods(Set),
  hasOwn: uncurryThis(Object.prototype.hasOwnProperty),
  inheritNothing,
  isInteger: Number.isInteger,
  slice,
  strings,
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
