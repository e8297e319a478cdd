'use strict';
// isNested(isKnown): whether code of the program is below on the stack, which runs the
// loop. The addon calls this. isKnown: there is none, unless it has an async id.
//
// The async id alone does not tell: promise jobs and callbacks of a FinalizationRegistry
// have none. So this file counts the callers in a stack trace, which takes two
// microseconds. Where it cannot do that without a trace in the program, it says yes.
const { executionAsyncId } = require('node:async_hooks');

const { Error } = globalThis;
const { captureStackTrace } = Error;
const descriptorOf = Reflect.getOwnPropertyDescriptor;
const define = Reflect.defineProperty;
const remove = Reflect.deleteProperty;

const OWN_FRAMES = 3;

const setting = (value) =>
  ({ __proto__: null, value, writable: true, enumerable: true, configurable: true });
const asLength = setting((_, frames) => frames.length);
const someFrames = setting(OWN_FRAMES + 1);

function restore(name, descriptor) {
  if (descriptor === undefined) remove(Error, name);
  else define(Error, name, { __proto__: null, ...descriptor });
}

function frameCount() {
  const limit = descriptorOf(Error, 'stackTraceLimit');
  const prepare = descriptorOf(Error, 'prepareStackTrace');
  if (limit?.configurable === false || prepare?.configurable === false ||
      !define(Error, 'stackTraceLimit', someFrames)) return undefined;
  define(Error, 'prepareStackTrace', asLength);
  const subject = { __proto__: null }; // a kept one would keep the callers
  captureStackTrace(subject);
  const count = subject.stack;
  restore('stackTraceLimit', limit);
  restore('prepareStackTrace', prepare);
  return count;
}

const hasCallers = () => !(frameCount() < OWN_FRAMES + 1);

const isNested = (isKnown) => executionAsyncId() !== 0 || (!isKnown && hasCallers());

module.exports = isNested;
