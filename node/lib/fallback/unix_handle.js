'use strict';
// node:dgram has no Unix sockets.
const { systemError } = require('../errors');
const { ENOTSUP } = require('./error_numbers');

class UnixHandle {
  constructor() {
    throw systemError(ENOTSUP, 'socket');
  }
}

module.exports = UnixHandle;
