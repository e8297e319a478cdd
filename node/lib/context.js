'use strict';
// The async context of a socket, in which its listeners are called: that of its creation,
// with the same type for async hooks as Node's handles.
const { AsyncResource } = require('node:async_hooks');
const { uncurryThis } = require('./builtins');

const { prototype } = AsyncResource;

const newContext = () =>
  new AsyncResource('UDPWRAP', { __proto__: null, requireManualDestroy: true });

const runInContext = uncurryThis(prototype.runInAsyncScope); // (context, run, this, ...)

// Returns a function for the addon: it calls run(wrapped, ...) in the context of the
// handle.
function inContext(run) {
  return (wrapped, ...args) =>
    runInContext(wrapped.handle.context, run, undefined, wrapped, ...args);
}

module.exports = {
  asyncIdOf: uncurryThis(prototype.asyncId),
  endContext: uncurryThis(prototype.emitDestroy),
  inContext,
  newContext,
  runInContext,
};
