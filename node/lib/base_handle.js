'use strict';
// The base class of the handles of the addon (handle.js) and of the fallback
// (fallback/handle.js): the state of a socket from construction until close.
const { inheritNothing } = require('./builtins');
const { systemError } = require('./errors');

// Subclasses define update(), which starts or stops receiving, countParked(), which is
// called when `parked` has changed, and endContext(), which is called after the last
// event of the socket.
class BaseHandle {
  constructor(socket, type, own) {
    this.socket = socket;
    this.family = type === 'udp6' ? 6 : 4;
    this.pooled = own.pooled; // messages are views of shared blocks of memory
    this.recvInfo = own.recvInfo; // bits of INFO (info_flags.js): members of an rinfo
    this.own = own; // options that node:dgram does not have (own_options.js)
    this.blockList = null; // receiveBlockList
    this.blocked = 0; // datagrams that a block list dropped or refused
    this.lookup = null; // (host, family, callback)
    this.native = null; // passed to sendQueue.addReady(); null without a native socket
    this.reading = false;
    this.paused = false; // by pause()
    this.parked = null; // a DatagramQueue: what was received and has to wait
    this.inbox = null; // an Inbox (inbox.js), while it has iterators
    this.isFull = false; // the inbox is full
    this.detached = false; // the descriptor belongs to the program
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

  // Begins to receive for iterators, or ends it if `inbox` is null.
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

  // Emits an error of no call: an ICMP error, or a group that could not be joined on an
  // interface that appeared later.
  onerror(code, syscall) {
    this.socket.emit('error', systemError(code, syscall));
  }
}

inheritNothing(BaseHandle);

module.exports = BaseHandle;
