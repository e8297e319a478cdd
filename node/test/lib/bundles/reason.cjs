'use strict';
// Prints why node:dgram is used.
console.log(JSON.stringify({ reason: require('libdgram').reason }));
