'use strict';
// Preloaded: collects garbage all the time, at any point of the program.
const v8 = require('node:v8');
const vm = require('node:vm');

v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc');
setInterval(gc, 5).unref();
