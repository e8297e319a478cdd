'use strict';
// Adopts existing sockets: descriptors, and the UDP handles of Node.
const fs = require('node:fs');
const native = require('./addon');
const { isInteger } = require('./builtins');
const { EBADF } = require('./errno');
const { coded, systemError } = require('./errors');
const { TypeError } = globalThis;

const isWindows = process.platform === 'win32';

function isDescriptor(fd) {
  return isInteger(fd) && fd > 0 && fd <= 0x7fffffff;
}

// The name that Node has for a descriptor that is not a datagram socket.
function kindOf(fd) {
  try {
    const stat = fs.fstatSync(fd);
    if (stat.isFile() || (isWindows && stat.isDirectory())) return 'FILE';
    if (require('node:tty').isatty(fd)) return 'TTY';
    if (stat.isCharacterDevice()) return 'FILE';
    if (stat.isFIFO()) return 'PIPE';
    if (stat.isSocket()) return native.socketKind(fd);
  } catch {
    // It is not open.
  }
  return 'UNKNOWN';
}

function checkOpened(err, fd) {
  if (err === native.ERR_INVALID_FD_TYPE || err === EBADF)
    throw coded(TypeError, 'ERR_INVALID_FD_TYPE',
                `Unsupported fd type: ${kindOf(fd)}`);
  if (err < 0) throw systemError(err, 'open');
}

// Adopts the descriptor.
function open(state, fd) {
  checkOpened(state.handle.open(fd), fd);
}

// Adopts the socket of a UDP handle of Node, and closes the handle.
function adopt(state, handle) {
  try {
    checkOpened(state.handle.openDuplicate(handle.fd), handle.fd);
  } finally {
    handle.close();
  }
}

module.exports = { adopt, isDescriptor, open };
