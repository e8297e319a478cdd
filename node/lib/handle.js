'use strict';
// The handle of a Socket, from construction until close: its way to the addon. The
// socket of the operating system is created by the first bind.
const fs = require('node:fs');
const isIP = require('./is_ip');
const native = require('./addon');
const { familyOf, untilNull } = require('./addresses');
const BaseHandle = require('./base_handle');
const { asyncIdOf, endContext, newContext } = require('./context');
const { EBADF, EINVAL, ENOTSOCK, ENOTSUP } = require('./errno');
const sendQueue = require('./send_queue');
const { hasListeners } = require('./emit');
const { park } = require('./receive');
const { keepLoopAlive } = require('./ticks');

// What libuv does differently on Windows: a second bind is ignored, sizes of buffers
// have another error without a socket, a multicast TTL may be -1, groups are of the
// socket's family, and a socket is no descriptor.
const isWindows = process.platform === 'win32';
const BOUND_TWICE = isWindows ? 0 : EINVAL;
const GROUPS_OF_OWN_FAMILY = isWindows;
const MULTICAST_TTL_MIN = isWindows ? -1 : 0;
const NO_SOCKET = isWindows ? ENOTSOCK : EBADF;

const OPTION = {
  broadcast: 0, ttl: 1, multicastTTL: 2, loopback: 3, ref: 4, multicastAll: 5,
  typeOfService: 6, dontFragment: 7,
};

// What native.create() reads: see src/addon.h.
const SETTING = {
  family: 0, reuseAddr: 1, reusePort: 2, ipv6Only: 3, offload: 4, segmentsMax: 5,
  busyPoll: 6, steering: 7, steeringSockets: 8, pathErrors: 9, recvInfo: 10,
};
const SETTINGS = 11;
const settings = new Uint32Array(SETTINGS);

const noFlags = { __proto__: null };

class Handle extends BaseHandle {
  constructor(socket, type, own) {
    super(socket, type, own);
    this.context = newContext();
    this.hostHandle = null; // of Node's class, for other processes (host_handle.js)
    this.spare = null; // a native handle that could not be bound, for the next bind
    this.nativeFamily = 0; // of `native`: a membership call may choose another
    this.raw = false; // bound by a membership call, so bind() fails
    this.failed = false; // a bind failed: Node would have a native socket
    this.lease = null; // of a socket of the cluster's primary, closed with the handle
  }

  begin() { /* the options are read at the bind */ }

  // Fills the settings. Steering is for sockets that are bound with reusePort.
  #prepare(family, flags) {
    const { own } = this;
    settings[SETTING.family] = family;
    settings[SETTING.reuseAddr] = flags.reuseAddr ? 1 : 0;
    settings[SETTING.reusePort] = flags.reusePort ? 1 : 0;
    settings[SETTING.ipv6Only] = flags.ipv6Only ? 1 : 0;
    settings[SETTING.offload] = own.offload;
    settings[SETTING.segmentsMax] = own.segmentsMax;
    settings[SETTING.busyPoll] = own.busyPoll;
    settings[SETTING.steering] = flags.reusePort ? own.steering : 0;
    settings[SETTING.steeringSockets] = own.steeringSockets;
    settings[SETTING.pathErrors] = own.pathErrors ? 1 : 0;
    settings[SETTING.recvInfo] = own.recvInfo;
  }

  #create(family, flags) {
    this.nativeFamily = family;
    this.#prepare(family, flags);
    let how = '';
    for (let i = 0; i < SETTINGS; i++) how += ` ${settings[i]}`;
    if (this.spare?.how !== how) {
      this.#closeSpare();
      const wrapped = { handle: this, how, kept: null, external: null };
      const err = native.create(wrapped, settings);
      if (err < 0) return err;
      this.spare = wrapped;
    }
    this.native = this.spare;
    this.spare = null;
    this.#setReading(this.reading);
    return 0;
  }

  update() {
    if (!this.native) return;
    const isStopped = this.paused || this.isFull || !this.reading;
    native.pause(this.native, isStopped ? 1 : 0);
    if (isStopped) park(this);
    if (this.parked !== null) this.countParked();
  }

  // A socket that does not read does not keep the process alive, as in Node; a paused one
  // does.
  #setReading(on) {
    this.reading = on;
    if (this.native) native.set(this.native, OPTION.ref, this.referenced && on ? 1 : 0);
    this.update();
  }

  // bind(native handle) returns 0 or a code.
  #bindNew(family, flags, bind) {
    let err = this.#create(family, flags);
    if (err === 0) {
      err = bind(this.native);
      if (err < 0) this.#discard();
    }
    return err;
  }

  // Closing it would keep the loop alive for an iteration, which a failed bind of Node
  // does not.
  #discard() {
    this.spare = this.native;
    this.native = null;
  }

  #closeSpare() {
    if (this.spare) native.close(this.spare);
    this.spare = null;
  }

  bind(address, port, flags, device) {
    if (this.raw || this.native) return BOUND_TWICE;
    address = untilNull(address);
    if (isIP(address) !== this.family) return EINVAL;
    if (flags.ipv6Only && this.family === 4) return EINVAL; // Node opens no socket then
    return this.bindBy(flags, (socket) => native.bind(socket, address, port, device));
  }

  bindBy(flags, bind) {
    const err = this.#bindNew(this.family, flags, bind);
    this.failed = err < 0;
    if (err === 0) this.#setReading(true);
    return err;
  }

  open(fd, shared = false) {
    let err = this.#create(this.family, noFlags);
    if (err < 0) return err;
    err = native.open(this.native, fd, shared ? 1 : 0);
    if (err < 0) this.#discard();
    else this.#setReading(true);
    return err;
  }

  // Opens a duplicate of the descriptor. The owner keeps the original, and others may
  // read it, too.
  openDuplicate(fd) {
    const copy = native.duplicate(fd);
    if (copy < 0) return copy;
    const err = this.open(copy, true);
    if (err < 0) fs.closeSync(copy);
    return err;
  }

  connect(address, port) {
    sendQueue.sendReadyOf(this.native);
    address = untilNull(address);
    return isIP(address) ? native.connect(this.native, address, port) : EINVAL;
  }

  // Calls done(0 or a code), at once.
  connectLater(address, port, done) {
    done(this.connect(address, port));
  }

  disconnect() {
    sendQueue.sendReadyOf(this.native);
    return native.connect(this.native, null, 0);
  }

  // Takes what was received out of the slabs.
  park() {
    if (this.native) park(this);
  }

  close() {
    if (this.inbox !== null) this.park();
    if (this.native) {
      sendQueue.sendReadyOf(this.native);
      native.close(this.native);
      this.lease?.close();
    }
    // Node has a handle even without a socket, and closing it takes a loop iteration.
    if (!this.native && !this.spare) keepLoopAlive();
    this.#closeSpare();
    this.native = null;
    this.reading = false;
    this.hostHandle?.close();
  }

  // Returns a descriptor or a code. The native socket closes itself, and onDetached() of
  // detach.js is called, once everything that it has received was emitted.
  detach() {
    if (!this.native) return EBADF;
    if (this.lease !== null) return ENOTSUP;
    sendQueue.sendReadyOf(this.native);
    const fd = native.detach(this.native);
    if (fd < 0) return fd;
    this.detached = true;
    // Datagrams without a receiver wait for the next iterator, or for resume().
    const isKept = this.parked !== null && this.parked.count > 0 && !hasListeners(this);
    if (this.inbox === null && !isKept) this.paused = false;
    this.update();
    return fd;
  }

  endDetached() {
    this.native = null;
    this.reading = false;
    this.hostHandle?.close();
  }

  endContext() {
    endContext(this.context);
  }

  address(out, peer) {
    if (this.native) return native.address(this.native, out, peer ? 1 : 0);
    if (!this.failed) return EBADF;
    out.address = this.family === 6 ? '::' : '0.0.0.0';
    out.family = this.family === 6 ? 'IPv6' : 'IPv4';
    out.port = 0;
    return 0;
  }

  #set(option, value) {
    if (this.native) {
      sendQueue.sendReadyOf(this.native);
      return native.set(this.native, option, value);
    }
    return this.failed ? 0 : EBADF;
  }

  #get(option) {
    return this.native ? native.get(this.native, option) : EBADF;
  }

  setTypeOfService(value) {
    return this.#set(OPTION.typeOfService, value);
  }

  getTypeOfService() {
    return this.#get(OPTION.typeOfService);
  }

  setDontFragment(mode) {
    return this.#set(OPTION.dontFragment, mode);
  }

  getDontFragment() {
    return this.#get(OPTION.dontFragment);
  }

  // `address` null: of the peer.
  getPathMTU(address) {
    if (!this.native) return EBADF;
    sendQueue.sendReadyOf(this.native);
    return native.pathMTU(this.native, address);
  }

  setBroadcast(value) {
    return this.#set(OPTION.broadcast, value);
  }

  setTTL(ttl) {
    const value = ttl | 0;
    return value >= 1 && value <= 255 ? this.#set(OPTION.ttl, value) : EINVAL;
  }

  setMulticastTTL(ttl) {
    const value = ttl | 0;
    return value >= MULTICAST_TTL_MIN && value <= 255 ?
      this.#set(OPTION.multicastTTL, value) : EINVAL;
  }

  setMulticastLoopback(value) {
    return this.#set(OPTION.loopback, value);
  }

  setMulticastAll(value) {
    return this.#set(OPTION.multicastAll, value);
  }

  // `named`: by the name or the index of the interface.
  setMulticastInterface(text, named) {
    if (!named && familyOf(text) === 0) return EINVAL;
    if (!this.native) return this.failed ? 0 : EBADF;
    sendQueue.sendReadyOf(this.native);
    return native.interface(this.native, text, named ? 1 : 0);
  }

  // Membership calls create the native socket if there is none, with the family of the
  // group. It does not read, and does not keep the process alive.
  #makeRaw(family) {
    if (this.native) return 0;
    const err = this.#bindNew(family, { __proto__: null, reuseAddr: true }, (socket) =>
      native.bind(socket, family === 6 ? '::' : '0.0.0.0', 0, undefined));
    if (err < 0) return err;
    this.raw = true;
    return 0;
  }

  // `how`: the interface is given by 0: an address, 1: its name or index; 2: all of them.
  membership(join, source, group, interfaceText, how) {
    const family = familyOf(group);
    if (family === 0) return EINVAL;
    if (source !== null && familyOf(source) !== family) return EINVAL;
    const err = this.#makeRaw(family);
    if (err < 0) return err;
    if (GROUPS_OF_OWN_FAMILY && family !== this.nativeFamily) return EINVAL;
    return native.membership(this.native, join ? 1 : 0, source, group,
                             interfaceText, how);
  }

  memberships(list) {
    return this.native ? native.memberships(this.native, list) : 0;
  }

  // Counts what was sent before, too.
  stats(counts) {
    if (!this.native) return 0;
    sendQueue.sendReadyOf(this.native);
    return native.stats(this.native, counts);
  }

  bufferSize(size, receive) {
    if (size > 0x7fffffff) return EINVAL;
    if (!this.native) return NO_SOCKET;
    sendQueue.sendReadyOf(this.native);
    return native.bufferSize(this.native, size, receive ? 1 : 0);
  }

  getSendQueueSize() {
    return this.native ? native.queue(this.native, 0) : 0;
  }

  getSendQueueCount() {
    return this.native ? native.queue(this.native, 1) : 0;
  }

  #setReferenced(on) {
    this.referenced = on;
    if (this.native && this.reading)
      native.set(this.native, OPTION.ref, on ? 1 : 0);
    this.lease?.setReferenced(on);
  }

  // The addon emits as many as there are.
  countParked() {
    native.park(this.native, this.parked.count);
  }

  ref() {
    this.#setReferenced(true);
  }

  unref() {
    this.#setReferenced(false);
  }

  // Members that programs use of Node's handles, too.

  get fd() {
    return this.native && !isWindows ? native.fileno(this.native) : EBADF;
  }

  getAsyncId() {
    return asyncIdOf(this.context);
  }

  recvStart() {
    this.#setReading(this.native !== null);
    return 0;
  }

  recvStop() {
    this.#setReading(false);
    return 0;
  }
}

module.exports = Handle;
