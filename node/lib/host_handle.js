'use strict';
// Makes a handle of Node's class for a socket of the addon. Node can send such a handle to
// another process.
const native = require('./addon');
const host = require('./host');
const key = require('./host_state_key');
const { UNIX } = require('./state');

let UDP; // the class of Node's handles

function newHostHandle() {
  if (UDP === undefined) {
    const socket = new host.Socket('udp4');
    UDP = socket[key].handle.constructor;
    socket.close();
  }
  return new UDP();
}

// Where the socket is not open, or is a Unix socket, the handle is not open either. Node
// then fails with EBADF.
function hostHandleOf(handle) {
  handle.hostHandle ??= newHostHandle();
  if (handle.hostHandle.fd < 0 && handle.fd >= 0 && handle.family !== UNIX) {
    const fd = native.share(handle.native);
    if (fd >= 0) handle.hostHandle.open(fd);
  }
  return handle.hostHandle;
}

module.exports = hostHandleOf;
