'use strict';
// The handle of a Unix socket. What only IP has fails with ENOTSUP.
const native = require('./addon');
const { EBADF, EINVAL, ENOTSUP } = require('./errno');
const Handle = require('./handle');
const sendQueue = require('./send_queue');
const { PATHS } = require('./info_flags');


class UnixHandle extends Handle {
  constructor(socket, type, own) {
    super(socket, type, own);
    this.family = 1;
    this.recvInfo |= PATHS;
  }

  // `how` is what unix.bindOptionsOf() returns.
  bind(path, port, flags, how) {
    if (this.native) return EINVAL;
    if (how.unnamed) return this.bindBy(flags, native.bindUnnamed);
    return this.bindBy(flags, (socket) =>
      native.bindPath(socket, path, how.mode, how.keepFile ? 1 : 0));
  }

  connect(path) {
    sendQueue.sendReadyOf(this.native);
    return native.connect(this.native, path, 0);
  }

  address(out, peer) {
    return this.native ? native.address(this.native, out, peer ? 1 : 0) : EBADF;
  }
}

for (const name of [
  'setTypeOfService', 'getTypeOfService', 'setDontFragment', 'getDontFragment',
  'getPathMTU', 'setBroadcast', 'setTTL', 'setMulticastTTL', 'setMulticastLoopback',
  'setMulticastAll', 'setMulticastInterface', 'membership',
]) UnixHandle.prototype[name] = () => ENOTSUP;


module.exports = UnixHandle;
