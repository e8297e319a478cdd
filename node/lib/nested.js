'use strict';
// isNested(isKnownDepth), for the addon: returns whether code of the program is on the
// stack, because it runs the loop. isKnownDepth: the stack is as deep as at a call that
// returned false, so only code with an async id can be there.
//
// The async id alone is not enough: promise jobs and callbacks of a FinalizationRegistry
// have none. So this file counts the callers in a stack trace, which takes two
// microseconds. If the program would notice that, it returns true.
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
  const subject = { __proto__: null }; // not reused: it references the callers
  captureStackTrace(subject);
  const count = subject.stack;
  restore('stackTraceLimit', limit);
  restore('prepareStackTrace', prepare);
  return count;
}

const hasCallers = () => !(frameCount() < OWN_FRAMES + 1);

const isNested = (isKnownDepth) =>
  executionAsyncId() !== 0 || (!isKnownDepth && hasCallers());

module.exports = isNested;
