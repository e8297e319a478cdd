'use strict';
// What the handles of the addon (handle.js) and of the fallback (fallback/handle.js) have
// in common: the state of a socket from construction until close, and what it receives.
const { inheritNothing } = require('./builtins');
const { systemError } = require('./errors');

// The others define update(), which starts or stops receiving, and countParked(), which
// is called when `parked` has changed, and endContext().
class BaseHandle {
  constructor(socket, type, own) {
    this.socket = socket;
    this.family = type === 'udp6' ? 6 : 4;
    this.pooled = own.pooled; // messages are views of shared blocks of memory
    this.recvInfo = own.recvInfo; // what an rinfo is to say, of INFO (info.js)
    this.own = own; // options that node:dgram does not have (own_options.js)
    this.blockList = null; // receiveBlockList
    this.blocked = 0; // datagrams that a block list dropped or refused
    this.lookup = null; // (host, family, callback)
    this.native = null; // what sends, while there is a native socket
    this.reading = false;
    this.paused = false; // by pause()
    this.parked = null; // what was received before it was paused (a DatagramQueue)
    this.inbox = null; // of its iterators (inbox.js), if it has any
    this.isFull = false; // the inbox is
    this.detached = false; // the descriptor is the program's
    this.referenced = true;
  }

  pause() {
    this.paused = true;
    this.update();
  }

  resume() {
    this.paused = false;
    this.update();
  }

  // Receives for iterators from now on, or not any more if `inbox` is null.
  receiveFor(inbox, paused) {
    this.inbox = inbox;
    this.isFull = false;
    this.paused = paused;
    this.update();
  }

  takeParked() {
    const datagram = this.parked.take();
    this.countParked();
    return datagram;
  }

  setFull(on) {
    this.isFull = on;
    this.update();
  }

  // The last event of the socket.
  emitClose() {
    this.endContext();
    this.inbox?.close();
    this.socket.emit('close');
  }

  // Members that programs use of Node's handles, too.

  hasRef() {
    return this.referenced;
  }

  getsockname(out) {
    return this.address(out, false);
  }

  getpeername(out) {
    return this.address(out, true);
  }

  isBlocked({ address, family }) {
    return this.blockList.check(address, family === 'IPv6' ? 'ipv6' : 'ipv4');
  }

  // A datagram could not be read: in general, an ICMP error arrived. Or a group could not
  // be joined on an interface that came later.
  onerror(code, syscall) {
    this.socket.emit('error', systemError(code, syscall));
  }
}

inheritNothing(BaseHandle);

module.exports = BaseHandle;
