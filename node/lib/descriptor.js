'use strict';
// Sockets that are there already: descriptors, and handles of Node's own.
const fs = require('node:fs');
const tty = require('node:tty');
const { constants: { errno: { EBADF } } } = require('node:os');
const native = require('./native');
const { isInteger } = require('./builtins');
const { coded, systemError } = require('./errors');
const { TypeError } = globalThis;

function isDescriptor(fd) {
  return isInteger(fd) && fd > 0 && fd <= 0x7fffffff;
}

// What Node calls a descriptor that is no datagram socket.
function kindOf(fd) {
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isFile()) return 'FILE';
    if (tty.isatty(fd)) return 'TTY';
    if (stat.isCharacterDevice()) return 'FILE';
    if (stat.isFIFO()) return 'PIPE';
    if (stat.isSocket()) return native.socketKind(fd);
  } catch {
    // Closed: nothing is known of it.
  }
  return 'UNKNOWN';
}

function checkOpened(err, fd) {
  if (err === native.ERR_INVALID_FD_TYPE || err === -EBADF)
    throw coded(TypeError, 'ERR_INVALID_FD_TYPE',
                `Unsupported fd type: ${kindOf(fd)}`);
  if (err < 0) throw systemError(err, 'open');
}

// Takes the descriptor over.
function open(state, fd) {
  checkOpened(state.handle.open(fd), fd);
}

// Takes over the socket of one of Node's own UDP handles, which is closed.
function adopt(state, handle) {
  try {
    checkOpened(state.handle.openDuplicate(handle.fd), handle.fd);
  } finally {
    handle.close();
  }
}

module.exports = { adopt, isDescriptor, open };
