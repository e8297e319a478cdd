'use strict';
// sendMany(): many datagrams in one call, with one callback.
const queue = require('./transport').sendQueue;
const { isArray, isView, slice, typedArray } = require('./builtins');
const { ENOBUFS } = require('./errno');
const { badPort, hostPortError, invalidArgType, misuse } = require('./errors');
const { validatePort, validateString } = require('./validate');
const { CONNECTED, CONNECTING, UNIX, kState } = require('./state');
const { loopback } = require('./resolve');
const { submit } = require('./high_water_mark');
const { nextTick } = require('./transport').ticks;
const { Datagram, Request } = require('./request');
const { Socket } = require('./socket');
const { isLiteral, payloadOf, start } = require('./send');
const { sendInfoOf } = require('./send_info');
const unix = require('./unix');


// The datagrams of one sendMany(): its callback is called once.
class Group extends Request {
  constructor(state, messages, port, address, isPlain, callback) {
    super(state, callback);
    this.messages = messages;
    this.port = port;
    this.address = address;
    this.toPeer = false;
    this.left = messages.length; // without a result
    this.nextResult = 0; // position of its datagram among those that became ready
    this.bytes = 0;
    this.error = null; // the first one
    this.isDone = messages.length === 0;
    this.isPlain = isPlain; // no address needs a lookup
    this.sizes = null; // what each counts for, in the order in which they become ready
    this.refusal = null; // the error of those that the high-water mark refused
  }

  // Keeps those that the high-water mark accepts. Returns the error of the others, or
  // null.
  enter(mark) {
    this.sizes = [];
    for (let i = 0; i < this.messages.length; i++) {
      const message = this.messages[i];
      if (message.error) continue;
      const size = mark.add(queue.totalOf(isPayload(message) ? message : message.msg));
      if (size === 0) {
        this.refuseFrom(i);
        break;
      }
      this.sizes[this.sizes.length] = size;
      this.size += size;
    }
    return this.refusal;
  }

  refuseFrom(first) {
    this.refusal = this.errorAt(first, ENOBUFS);
    this.left = this.messages.length = first;
    this.isDone = first === 0;
  }

  makeReady() {
    if (this.toPeer) this.makeReadyToPeer();
    else this.makeReadyToAddresses();
  }

  // Messages that were checked before the socket was connected may name addresses.
  makeReadyToPeer() {
    const owner = this.state.handle.native;
    const { messages } = this;
    for (let i = 0; i < messages.length; i++) {
      const message = messages[i];
      if (isPayload(message)) {
        queue.addReady(this, owner, message, null, 0, null);
        i = queue.addViews(this, owner, messages, i + 1, null, 0) - 1;
      } else {
        queue.addReady(this, owner, message.msg, null, 0, message.info);
      }
    }
  }

  makeReadyToAddresses() {
    const owner = this.state.handle.native;
    const { messages, port } = this;
    const address = this.address || loopback(this.state);
    for (let i = 0; i < messages.length; i++) {
      const message = messages[i];
      if (isPayload(message)) {
        queue.addReady(this, owner, message, address, port, null);
        i = queue.addViews(this, owner, messages, i + 1, address, port) - 1;
      } else if (message.error) {
        this.refuse(message.error);
      } else {
        queue.addReady(this, owner, message.msg, message.address || address,
                       message.port || port, message.info);
      }
    }
  }

  finishLater() {
    this.isPending = true;
    return this.nextResult++;
  }

  finish(status, length, position = this.nextResult++) {
    if (status >= 0) this.bytes += status;
    else this.error ??= this.errorOf(status, position);
    if (this.sizes !== null) this.releaseOne(position);
    this.endOne();
  }

  // What a datagram counts for that got none here is released at the end.
  releaseOne(position) {
    const size = this.sizes[position] ?? 0;
    this.size -= size;
    this.state.highWaterMark.subtract(size);
  }

  errorOf(status, position) {
    let i = 0;
    while (this.messages[i].error || position-- > 0) i++;
    return this.errorAt(i, status);
  }

  // The error names the destination of that datagram.
  errorAt(i, status) {
    const { address, port } = this.messages[i];
    return hostPortError(status, 'send', address || this.address, port || this.port);
  }

  refuse(error) {
    this.error ??= error;
    this.endOne();
  }

  endOne() {
    if (--this.left === 0) this.end();
  }

  // Calls back in the next tick.
  report(call = nextTick) {
    call(this.callback, this.error ?? this.refusal, this.bytes);
  }

  // Sends one at a time, for names, block lists and lookups.
  startEach() {
    this.isPending = true;
    try {
      for (let i = 0, position = 0; i < this.messages.length; i++) {
        const { error } = this.messages[i];
        if (error) this.refuse(error);
        else start(this.partAt(i, position++));
      }
    } catch (err) { // of the program's lookup
      this.abandon();
      throw err;
    }
    this.conclude();
  }

  partAt(i, position) {
    const message = this.messages[i];
    const bare = isPayload(message);
    const part = new Part(this.state, this, bare ? message : message.msg,
                          (!bare && message.port) || this.port,
                          (!bare && message.address) || this.address,
                          bare ? null : message.info);
    if (this.sizes !== null) {
      part.size = this.sizes[position];
      this.size -= part.size;
    }
    return part;
  }

  start() {
    const { connectState } = this.state;
    this.toPeer = connectState === CONNECTED;
    this.hasOwnTick = connectState === CONNECTING;
    if (this.toPeer) queue.sendNow(this);
    else if (this.isPlain) queue.sendInTick(this);
    else this.startEach();
  }
}

// A datagram that reports its result to the group.
class Part extends Datagram {
  constructor(state, group, parts, port, address, info) {
    super(state, parts, port, address, undefined, info);
    this.group = group;
  }

  hasCallback() {
    return this.group.callback !== undefined;
  }

  finish(status) {
    const { group } = this;
    if (status >= 0) group.bytes += status;
    else group.error ??= hostPortError(status, 'send', this.address, this.port);
    if (this.size !== 0) this.release();
    group.endOne();
  }

  fail(error) {
    this.group.error ??= error;
    super.fail(error);
  }
}

function isPayload(message) {
  return isView(message) || isArray(message);
}

function unixMessage(connected, message, path) {
  if (connected && message.path) throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  unix.checkNoInfo(message, 'sendMany');
  return {
    msg: payloadOf(message.msg),
    info: null,
    port: null,
    address: connected ? path : unix.destinationOf(message.path ?? path, 'message.path'),
    error: null,
  };
}

// Port 0 is not a wrong argument: a datagram with a forged sender has it, and the answer
// to it must not keep the other answers from being sent.
function udpMessage(state, connected, message, port, address) {
  const to = message.address ?? address;
  if (to != null) validateString(to, 'address');
  const info = sendInfoOf(state.family, message, 'message');
  if (connected) {
    if (message.port || message.address)
      throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
    return { msg: payloadOf(message.msg), info, port, address, error: null };
  }
  return {
    msg: payloadOf(message.msg),
    info,
    port: message.port === 0 ? 0 : validatePort(message.port ?? port),
    address: to,
    error: message.port === 0 ? badPort('Port', 0, false) : null,
  };
}

// Checks a message, and converts strings to bytes. Returns whether its address needs no
// lookup.
function checkMessage(state, connected, messages, i, port, address) {
  const message = messages[i];
  if (typedArray.kind(message) !== undefined) return true;
  if (typeof message === 'string' || isPayload(message)) {
    messages[i] = payloadOf(message);
    return true;
  }
  if (message === null || typeof message !== 'object')
    throw invalidArgType('messages', 'an array of payloads or of objects',
                         message);
  if (state.family === UNIX) {
    messages[i] = unixMessage(connected, message, address);
    return true;
  }
  messages[i] = udpMessage(state, connected, message, port, address);
  const to = messages[i].address;
  return connected || !to || isLiteral(to, state.family);
}

function startGroup(group) {
  if (!group.state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  group.start();
}

// sendMany(messages[, port, address][, callback]), sendMany(messages[, path][,
// callback]): sends payloads, or objects as of sendOne(), when single calls of send()
// would send them. A datagram that cannot be sent does not stop the others. The callback
// is called once, with the first error or null, and the number of bytes that were sent.
// Returns how many messages the high-water mark has accepted, from the beginning of the
// list.
Socket.prototype.sendMany = function(messages, port, address, callback) {
  if (typeof port === 'function') {
    callback = port;
    port = undefined;
  } else if (typeof address === 'function') {
    callback = address;
    address = undefined;
  }
  if (!isArray(messages))
    throw invalidArgType('messages', 'an instance of Array', messages);
  if (typeof callback !== 'function') callback = undefined;
  const state = this[kState];
  const connected = state.connectState === CONNECTED;
  if (state.family === UNIX && address === undefined) {
    address = port;
    port = null;
  }
  if (connected && (port || address))
    throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  if (address != null) validateString(address, 'address');
  const list = slice(messages, 0, messages.length);
  let isPlain = state.direct && !connected && state.sendBlockList === null &&
    (!address || isLiteral(address, state.family));
  let needsPort = false;
  for (let i = 0; i < list.length; i++) {
    if (!checkMessage(state, connected, list, i, port, address)) isPlain = false;
    needsPort ||= isPayload(list[i]);
  }
  if (!connected && needsPort) {
    if (state.family === UNIX) address = unix.destinationOf(address);
    else port = validatePort(port);
  }
  if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  const group = new Group(state, list, port, address, isPlain, callback);
  if (list.length === 0) group.conclude();
  else submit(group, startGroup);
  return group.messages.length;
};
Object.defineProperty(Socket.prototype, 'sendMany', { enumerable: false });
