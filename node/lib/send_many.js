'use strict';
// sendMany(): many datagrams in one call, with one callback.
const outbox = require('./outbox');
const { inheritNothing, isArray, isView, slice } = require('./builtins');
const { badPort, hostPortError, invalidArgType, misuse } = require('./errors');
const { validatePort, validateString } = require('./validate');
const { CONNECTED, kState } = require('./state');
const { loopback } = require('./resolve');
const { whenBound } = require('./queue');
const { runInAsyncScope, soon } = require('./ticks');
const { Socket } = require('./socket');
const {
  Request, conclude, isLiteral, payloadOf, sendInTurn, start,
} = require('./send');

// The datagrams of one sendMany(): its callback is called once.
class Group {
  constructor(messages, port, address, callback) {
    this.messages = messages;
    this.port = port;
    this.address = address;
    this.callback = callback;
    this.left = messages.length;
    this.next = 0; // whose result comes next, of those that were put
    this.bytes = 0;
    this.first = null; // error
    this.waits = false; // for the kernel, or for names
    this.known = messages.length === 0;
    this.resource = null; // the context of the callback of one that waits
  }

  wait() {
    this.waits = true;
    return this.next++;
  }

  finish(status, late, which = this.next++) {
    if (status >= 0) this.bytes += status;
    else this.first ??= this.errorOf(status, which);
    this.end();
  }

  // With the destination of that one.
  errorOf(status, which) {
    let i = 0;
    while (this.messages[i].error || which-- > 0) i++;
    const { address, port } = this.messages[i];
    return hostPortError(status, 'send', address || this.address, port || this.port);
  }

  refuse(error) {
    this.first ??= error;
    this.end();
  }

  end() {
    if (--this.left > 0) return;
    this.known = true;
    if (this.resource) runInAsyncScope(this.resource, this.tell, this);
  }

  tell() {
    soon(this.callback, this.first, this.bytes);
  }

  handOver(state) {
    const { native } = state.handle;
    const fallback = loopback(state);
    for (let i = 0; i < this.messages.length; i++) {
      const message = this.messages[i];
      if (isPayload(message))
        outbox.put(native, this, message, this.address || fallback, this.port);
      else if (message.error)
        this.refuse(message.error);
      else
        outbox.put(native, this, message.msg,
                   message.address || this.address || fallback,
                   message.port || this.port);
    }
  }

  handOverToPeer({ handle }) {
    for (let i = 0; i < this.messages.length; i++) {
      const message = this.messages[i];
      outbox.put(handle.native, this, isPayload(message) ? message : message.msg,
                 null, 0);
    }
    outbox.flush();
  }

  // One by one: for names, block lists and lookups.
  handOverEach(socket) {
    this.waits = true;
    for (let i = 0; i < this.messages.length; i++) {
      const message = this.messages[i];
      const bare = isPayload(message);
      if (message.error) {
        this.refuse(message.error);
        continue;
      }
      start(socket, new Part(this, bare ? message : message.msg,
                             (!bare && message.port) || this.port,
                             (!bare && message.address) || this.address));
    }
  }

  start(socket, plain) {
    const state = socket[kState];
    if (state.connectState === CONNECTED) {
      this.handOverToPeer(state);
    } else if (plain) {
      sendInTurn(state, this);
      return;
    } else {
      this.handOverEach(socket);
    }
    conclude(this);
  }
}

inheritNothing(Group);

// One that the group is told of.
class Part extends Request {
  constructor(group, parts, port, address) {
    super(parts, port, address, undefined);
    this.group = group;
  }

  finish(status) {
    if (status >= 0) this.group.bytes += status;
    else this.group.first ??= hostPortError(status, 'send', this.address, this.port);
    this.group.end();
  }

  fail(error) {
    this.group.first ??= error;
    super.fail(error);
  }
}

function isPayload(message) {
  return isView(message) || isArray(message);
}

// Checks a message and makes texts bytes. Returns whether its address needs no
// lookup. Port 0 is no misuse: a forged sender has it, whose answer must not cost
// others theirs.
function checkMessage(state, connected, messages, i, port, address) {
  const message = messages[i];
  if (typeof message === 'string' || isPayload(message)) {
    messages[i] = payloadOf(message);
    return true;
  }
  if (message === null || typeof message !== 'object')
    throw invalidArgType('messages', 'an array of payloads or of objects',
                         message);
  const to = message.address ?? address;
  if (to != null) validateString(to, 'address');
  if (connected) {
    if (message.port || message.address)
      throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
    messages[i] = payloadOf(message.msg);
    return true;
  }
  messages[i] = {
    msg: payloadOf(message.msg),
    port: message.port === 0 ? 0 : validatePort(message.port ?? port),
    address: to,
    error: message.port === 0 ? badPort('Port', 0, false) : null,
  };
  return !to || isLiteral(to, state.family);
}

// sendMany(messages[, port, address][, callback]): payloads, or objects { msg,
// port, address }, as one call. They leave as those of single send()s in this
// place would; one that cannot be sent stops no other. The callback is called once,
// with the first error or null, and how many bytes left.
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
  if (connected && (port || address))
    throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  if (address != null) validateString(address, 'address');
  const list = slice(messages, 0, messages.length);
  let plain = state.direct && !connected && state.sendBlockList === null &&
    (!address || isLiteral(address, state.family));
  let needsPort = false;
  for (let i = 0; i < list.length; i++) {
    if (!checkMessage(state, connected, list, i, port, address)) plain = false;
    needsPort ||= isPayload(list[i]);
  }
  if (!connected && needsPort) port = validatePort(port);
  if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  const group = new Group(list, port, address, callback);
  if (list.length === 0) {
    conclude(group);
    return;
  }
  whenBound(this, () => {
    if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
    group.start(this, plain);
  });
};
Object.defineProperty(Socket.prototype, 'sendMany', { enumerable: false });
