'use strict';
// close() and [Symbol.asyncDispose]().
const { healthCheck, kState } = require('./state');
const { bind } = require('./builtins');
const { enqueue } = require('./bind_queue');
const { nextTick } = require('./transport').ticks;
const { Socket } = require('./socket');
const { asyncDispose } = require('./host');
const { Promise } = globalThis;

Socket.prototype.close = function(callback) {
  const state = this[kState];
  if (typeof callback === 'function') this.on('close', callback);
  if (state.queue !== undefined) {
    enqueue(this, bind(this.close, this));
    return this;
  }
  healthCheck(this);
  const { handle } = state;
  state.handle = null;
  handle.close();
  nextTick(() => handle.emitClose());
  return this;
};

if (asyncDispose) {
  Socket.prototype[asyncDispose] = async function() {
    if (!this[kState].handle) return;
    await new Promise((resolve, reject) => {
      this.close((err) => (err ? reject(err) : resolve()));
    });
  };
}
