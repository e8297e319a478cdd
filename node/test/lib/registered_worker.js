'use strict';
// Tells whether node:dgram is libdgram here.
console.log(require('node:dgram').createSocket ===
  require('../..').createSocket);
