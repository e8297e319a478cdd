'use strict';
// The handle of a Socket over a socket of the host, in the place of ../handle.js.
//
// On Node and Deno it calls the UDP handle of that socket where the public call would
// report an error too late, and on Node to stop receiving in the kernel. Bun has no such
// handle.
const isIP = require('../is_ip');
const { setInterval, clearInterval } = require('node:timers');
const { untilNull } = require('../addresses');
const BaseHandle = require('../base_handle');
const key = require('../host_state_key');
const runtime = require('../runtime');
const { kState } = require('../state');
const { hasOwn } = require('../builtins');
const { onMessage, park, schedule } = require('./receive');
const createSocket = require('./host_socket');
const OrderedSends = require('./ordered_sends');
const Memberships = require('./memberships');
const { interfaceAddress } = require('./interfaces');
const Stats = require('./stats');
const { forget } = require('./binding');
const { nextTick } = require('./ticks');
const { EBADF, EINVAL, ENODEV, ENOTSUP, attempt, numberOfAny } = require('./error_numbers');

const CONNECTED = 2; // of the state of the host's socket
const DISCONNECTED = 0;
const FOREVER = 0x7fffffff; // milliseconds

// The UDP handle of the host's socket. Null if there is none like Node's.
function udpOf(socket) {
  const udp = socket[key]?.handle;
  return typeof udp?.recvStop === 'function' && typeof udp.connect === 'function' ?
    udp : null;
}

class Handle extends BaseHandle {
  constructor(socket, type, own) {
    super(socket, type, own);
    this.inner = null; // the socket of the host
    this.udp = null;
    this.ordered = null; // an OrderedSends where the host does not keep the order
    this.key = null; // of an address that the primary of the cluster shares
    this.isBound = false;
    this.isReceiving = false; // `udp` is
    this.keeper = null; // keeps the process alive while `udp` does not
    this.groups = new Memberships(this);
    this.batch = null; // datagrams of this wake-up, for 'messages'
    this.immediates = 0; // that deliver datagrams
    this.kept = 0; // bytes of what is parked where the host cannot stop
    this.resource = null; // the context of the creation, once datagrams wait
    this.counts = new Stats();
  }

  // Creates the socket of the host, in the context of the creation.
  begin({ reuseAddr, reusePort, ipv6Only }) {
    const inner = createSocket({
      type: this.family === 6 ? 'udp6' : 'udp4', reuseAddr, reusePort, ipv6Only,
    });
    inner.on('message', (msg, rinfo) => {
      this.counts.receive(msg);
      onMessage(this, msg, rinfo);
    });
    inner.on('error', (err) => this.#onError(err));
    inner.on('close', () => this.#onClosed());
    this.inner = inner;
    this.udp = udpOf(inner);
    if (runtime === 'Deno') this.ordered = new OrderedSends(inner);
    this.reusePort = !!reusePort;
  }

  // Of a bind, or of a datagram that could not be read.
  #onError(err) {
    if (!this.isBound) return;
    this.counts.receiveErrors++;
    this.socket.emit('error', err);
  }

  // worker.disconnect() has closed a socket that the workers of a cluster share. When its
  // last 'close' has been emitted, the channel to the primary is closed.
  #onClosed() {
    if (this.inner === null) return;
    this.inner = null;
    this.socket[kState].handle = null;
    this.close();
    this.emitClose();
  }

  // ---- Bind and close ----------------------------------------------------------------

  // Whether an option needs the addon.
  #isUnsupported() {
    const { own, reusePort } = this;
    if (own.pathErrors) return true;
    if (!reusePort) return false;
    const state = this.inner[key];
    return own.steering !== 0 || (state !== undefined && !hasOwn(state, 'reusePort'));
  }

  // Why a bind cannot succeed: a code, or 0.
  #refusalOf({ address }) {
    if (this.isBound) return EINVAL; // a lookup has called back twice
    if (this.#isUnsupported()) return ENOTSUP;
    return address !== undefined && isIP(untilNull(address)) !== this.family ? EINVAL : 0;
  }

  #begin() {
    this.udp = udpOf(this.inner); // it may be another one
    this.isBound = this.isReceiving = this.reading = true;
    this.native = this;
    this.update();
  }

  // Calls done(0 or a code), on most hosts at once.
  bindLater(options, done) {
    const { inner } = this;
    const refusal = this.#refusalOf(options);
    if (refusal < 0) {
      done(refusal);
      return;
    }
    const stop = () => {
      inner.removeListener('listening', onListening);
      inner.removeListener('error', onError);
    };
    const onListening = () => {
      stop();
      if (!this.inner) return; // it was closed meanwhile
      this.#begin();
      done(0);
    };
    const onError = (err) => {
      stop();
      if (this.inner) done(numberOfAny(err));
    };
    inner.on('listening', onListening);
    inner.on('error', onError);
    inner.bind(options);
  }

  // Returns 0 or a code.
  bind(address, port, flags, device) {
    if (device || runtime === 'Bun') return ENOTSUP; // Bun binds later
    let result = ENOTSUP;
    this.bindLater({ address, port, exclusive: true }, (code) => {
      result = code;
    });
    return result;
  }

  // Binds to a descriptor, or takes a handle of Node. Throws what the host throws.
  adopt(options) {
    this.inner.bind(options);
    this.#begin();
  }

  close() {
    if (this.inbox !== null) park(this);
    const { inner } = this;
    this.inner = this.native = this.udp = null;
    this.reading = false;
    this.update();
    forget(this);
    if (inner !== null) inner.close();
    if (this.ordered !== null) nextTick(() => this.ordered.cancel());
  }

  endContext() { /* it ends with the host's socket */ }

  // The descriptor belongs to the host.
  detach() {
    return this.isBound ? ENOTSUP : EBADF;
  }

  // ---- Connect and send --------------------------------------------------------------

  // Returns 0 or a code.
  connect(address, port) {
    const { inner, udp } = this;
    if (udp !== null) {
      const code = udp.connect(address, port);
      if (code === 0) inner[key].connectState = CONNECTED;
      return code;
    }
    inner.connect(port, address);
    return attempt(() => inner.remoteAddress()) < 0 ? ENOTSUP : 0;
  }

  // Calls done(0 or a code), with a UDP handle at once.
  connectLater(address, port, done) {
    if (this.udp !== null) {
      done(this.connect(address, port));
      return;
    }
    this.inner.connect(port, address, (err) => {
      if (this.inner) done(err ? numberOfAny(err) : 0);
    });
  }

  disconnect() {
    const { inner, udp } = this;
    if (udp === null) return attempt(() => inner.disconnect());
    const code = udp.disconnect();
    if (code === 0) inner[key].connectState = DISCONNECTED;
    return code;
  }

  // Calls done(error or null, bytes) later. `address` null: to the peer.
  send(parts, length, address, port, done) {
    const { counts } = this;
    const onSent = (err, bytes) => {
      counts.send(err, length);
      done(err, bytes);
    };
    try {
      if (this.ordered !== null) this.ordered.send(parts, length, address, port, onSent);
      else if (address === null) this.inner.send(parts, onSent);
      else this.inner.send(parts, port, address, onSent);
    } catch (err) {
      nextTick(onSent, err);
    }
  }

  // ---- Receive -----------------------------------------------------------------------

  get isStopped() {
    return this.paused || this.isFull || !this.reading;
  }

  update() {
    const { isStopped, udp } = this;
    // Deno would start a second loop of receives beside the one that still waits, and two
    // of them change the order.
    const canStop = udp !== null && runtime !== 'Deno';
    if (canStop && this.isBound && this.isReceiving === isStopped) {
      this.isReceiving = !isStopped;
      if (isStopped) udp.recvStop();
      else udp.recvStart();
    }
    this.#keepAlive();
    if (!isStopped && this.parked !== null && this.parked.count > 0) schedule(this);
  }

  // A paused socket keeps the process alive.
  #keepAlive() {
    const keeps = this.udp !== null && this.reading && this.isStopped && this.referenced;
    if (keeps === (this.keeper !== null)) return;
    if (keeps) this.keeper = setInterval(() => { /* not yet */ }, FOREVER);
    else clearInterval(this.keeper);
    if (!keeps) this.keeper = null;
  }

  countParked() { /* it counts itself */ }

  // Takes what was collected for 'messages'.
  park() {
    park(this);
  }

  // ---- Options -----------------------------------------------------------------------

  // Calls a method of the host's socket. Returns its result or a code.
  #call(name, ...args) {
    if (this.udp === null && !this.isBound) return EBADF;
    return attempt(() => this.inner[name](...args));
  }

  address(out, peer) {
    const { inner, udp } = this;
    if (udp !== null) return peer ? udp.getpeername(out) : udp.getsockname(out);
    if (!this.isBound) return EBADF;
    return attempt(() => {
      const { address, family, port } = peer ? inner.remoteAddress() : inner.address();
      out.address = address;
      out.family = family;
      out.port = port;
    });
  }

  setBroadcast(value) {
    return this.#call('setBroadcast', value);
  }

  setTTL(ttl) {
    return this.#call('setTTL', ttl);
  }

  setMulticastTTL(ttl) {
    const result = this.#call('setMulticastTTL', ttl);
    return result < 0 && result === ttl ? 0 : result;
  }

  setMulticastLoopback(value) {
    return this.#call('setMulticastLoopback', value);
  }

  // `named`: by the name or the index of the interface.
  setMulticastInterface(text, named) {
    const address = named ? interfaceAddress(text, this.family) : text;
    return address === undefined ? ENODEV : this.#call('setMulticastInterface', address);
  }

  // Returns 0 or a code. `interfaceText` null: the kernel chooses.
  member(join, source, group, interfaceText) {
    const verb = join ? 'add' : 'drop';
    const args = interfaceText === null ? [group] : [group, interfaceText];
    const result = source === null ? this.#call(`${verb}Membership`, ...args) :
      this.#call(`${verb}SourceSpecificMembership`, source, ...args);
    return result < 0 ? result : 0;
  }

  membership(join, source, group, interfaceText, how) {
    return this.groups.change(join, source, group, interfaceText, how);
  }

  memberships(list) {
    return this.groups.copyTo(list);
  }

  stats(counts) {
    this.counts.copyTo(counts);
    return 0;
  }

  bufferSize(size, receive) {
    if (size > 0x7fffffff) return EINVAL;
    const kind = receive ? 'Recv' : 'Send';
    const result = size === 0 ? 0 : this.#call(`set${kind}BufferSize`, size);
    return result < 0 ? result : this.#call(`get${kind}BufferSize`);
  }

  // Not every host has a queue.
  getSendQueueSize() {
    return this.inner.getSendQueueSize?.() ?? 0;
  }

  getSendQueueCount() {
    return this.inner.getSendQueueCount?.() ?? 0;
  }

  ref() {
    this.referenced = true;
    this.inner.ref();
    this.#keepAlive();
  }

  unref() {
    this.referenced = false;
    this.inner.unref();
    this.#keepAlive();
  }

  // ---- Members that programs use of Node's handles, too ------------------------------

  get fd() {
    return this.udp?.fd ?? EBADF;
  }

  recvStart() {
    this.reading = this.isBound;
    this.update();
    return 0;
  }

  recvStop() {
    this.reading = false;
    this.update();
    return 0;
  }
}

for (const name of ['setTypeOfService', 'getTypeOfService', 'setDontFragment',
                    'getDontFragment', 'getPathMTU', 'setMulticastAll'])
  Handle.prototype[name] = () => ENOTSUP;

module.exports = Handle;
