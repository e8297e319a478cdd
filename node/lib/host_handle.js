'use strict';
// A handle of Node's class on the socket of the addon, for other processes.
const native = require('./addon');
const host = require('./host');
const key = require('./host_state');
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

// Not open if the socket is not, or is a Unix socket: Node then fails with EBADF.
function hostHandleOf(handle) {
  handle.hostHandle ??= newHostHandle();
  if (handle.hostHandle.fd < 0 && handle.fd >= 0 && handle.family !== UNIX) {
    const fd = native.share(handle.native);
    if (fd >= 0) handle.hostHandle.open(fd);
  }
  return handle.hostHandle;
}

module.exports = hostHandleOf;
