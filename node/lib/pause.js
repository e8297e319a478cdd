'use strict';
// pause(), resume() and isPaused(): whether a socket receives.
const { kState } = require('./state');
const { Socket } = require('./socket');
const { defineProperty } = Object;

const methods = {
  // A closed socket receives nothing, so both calls do nothing then.
  pause() {
    this[kState].handle?.pause();
    return this;
  },

  resume() {
    this[kState].handle?.resume();
    return this;
  },

  isPaused() {
    return this[kState].handle?.paused ?? false;
  },
};

for (const name of ['pause', 'resume', 'isPaused']) {
  defineProperty(Socket.prototype, name, {
    __proto__: null, value: methods[name], configurable: true, writable: true,
  });
}
