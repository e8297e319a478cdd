'use strict';
// The built-in functions that the package uses, as they were when it was loaded. If a
// program replaces or deletes one later (fake clocks, DOM shims, mocks), nothing changes
// here. A method becomes a function whose first argument is `this`.
const { AsyncResource } = require('node:async_hooks');
const { Array } = globalThis;
const { apply } = Reflect;
const bind = Function.prototype.call.bind(Function.prototype.bind);
const uncurryThis = Function.prototype.bind.bind(Function.prototype.call);
const TypedArray = Object.getPrototypeOf(Uint8Array);

function getter(prototype, name) {
  return uncurryThis(Object.getOwnPropertyDescriptor(prototype, name).get);
}

// The getters of views, which report the values of the engine.
function gettersOf(prototype) {
  return {
    buffer: getter(prototype, 'buffer'),
    byteLength: getter(prototype, 'byteLength'),
    byteOffset: getter(prototype, 'byteOffset'),
    kind: prototype === DataView.prototype ? null :
      getter(prototype, Symbol.toStringTag), // undefined: not a typed array
  };
}

// Returns a subclass of Map or Set with its own copies of the current methods.
function keepMethods(Class) {
  class Kept extends Class {}
  for (const name of Reflect.ownKeys(Class.prototype)) {
    if (name === 'constructor') continue;
    Object.defineProperty(Kept.prototype, name, Object.getOwnPropertyDescriptor(
      Class.prototype, name));
  }
  return Kept;
}

// Keeps instances from inheriting what a program adds to Object.prototype: a setter or a
// read-only property there would intercept assignments to their fields.
function inheritNothing(Class) {
  Object.setPrototypeOf(Class.prototype, null);
}

// Array.prototype.slice() without the methods, the iterator and the species of the
// array.
function slice(list, from, to) {
  const part = new Array(to - from);
  for (let i = from; i < to; i++) part[i - from] = list[i];
  return part;
}

function without(list, item) {
  const left = [];
  for (let i = 0; i < list.length; i++)
    if (list[i] !== item) left[left.length] = list[i];
  return left;
}

const strings = {};
for (const name of ['includes', 'indexOf', 'replace', 'slice', 'toLowerCase', 'trim'])
  strings[name] = uncurryThis(String.prototype[name]);

module.exports = {
  Map: keepMethods(Map),
  Set: keepMethods(Set),
  hasOwn: uncurryThis(Object.prototype.hasOwnProperty),
  inheritNothing,
  isBuffer: bind(Object.prototype.isPrototypeOf, Buffer.prototype),
  isInteger: Number.isInteger,
  shift: uncurryThis(Array.prototype.shift),
  slice,
  strings,
  FastBuffer: Buffer[Symbol.species], // takes the arguments of Uint8Array
  bytesOfText: Buffer.from,
  dataView: gettersOf(DataView.prototype),
  isArray: Array.isArray,
  isView: ArrayBuffer.isView,
  typedArray: gettersOf(TypedArray.prototype),
  apply,
  bind,
  runInAsyncScope: uncurryThis(AsyncResource.prototype.runInAsyncScope),
  bufferLength: getter(ArrayBuffer.prototype, 'byteLength'), // 0: detached
  setBytes: uncurryThis(TypedArray.prototype.set),
  getter,
  uncurryThis,
  without,
};
