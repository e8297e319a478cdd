'use strict';
// Reports whether node:dgram is libdgram in this thread.
console.log(require('node:dgram').createSocket ===
  require('../..').createSocket);
