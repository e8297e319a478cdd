'use strict';
// The async context in which the listeners of a socket are called: that of its creation.
// Async hooks see the type of Node's own handles.
const { AsyncResource } = require('node:async_hooks');
const { runInAsyncScope, uncurryThis } = require('./builtins');

const { prototype } = AsyncResource;

const newContext = () =>
  new AsyncResource('UDPWRAP', { __proto__: null, requireManualDestroy: true });

// Returns a function for the addon: it calls run(wrapped, ...) in the context of the
// handle.
function inContext(run) {
  return (wrapped, ...args) =>
    runInAsyncScope(wrapped.handle.context, run, undefined, wrapped, ...args);
}

module.exports = {
  asyncIdOf: uncurryThis(prototype.asyncId),
  endContext: uncurryThis(prototype.emitDestroy),
  inContext,
  newContext,
};
