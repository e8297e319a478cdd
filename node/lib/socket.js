'use strict';
// The class Socket and its constructor. dgram.js loads the files that add its methods.
const { EventEmitter, addAbortListener } = require('node:events');
const diagnosticsChannel = require('node:diagnostics_channel');
const { invalidArgType, misuse } = require('./errors');
const { validateFunction, validateUint32 } = require('./validate');
const { apply, inheritNothing, uncurryThis } = require('./builtins');
const host = require('./host');
const { checkBlockList } = require('./block_lists');
const { readOwnOptions } = require('./own_options');
const state = require('./state');
const names = require('./resolve');
const { HighWaterMark } = require('./high_water_mark');
const unix = require('./unix');
const { Handle, UnixHandle } = require('./transport');
const keyOfState = require('./host_state_key');
const { HostState } = require('./transfer');

const { DISCONNECTED, UNBOUND, UNIX, kState } = state;
const addMember = uncurryThis(WeakSet.prototype.add);
const created = diagnosticsChannel.channel('udp.socket');

function checkOptions(options) {
  const { recvBufferSize, sendBufferSize, lookup } = options;
  if (recvBufferSize) validateUint32(recvBufferSize, 'options.recvBufferSize');
  if (sendBufferSize) validateUint32(sendBufferSize, 'options.sendBufferSize');
  checkBlockList(options.receiveBlockList, 'options.receiveBlockList');
  checkBlockList(options.sendBlockList, 'options.sendBlockList');
  if (lookup !== undefined) validateFunction(lookup, 'lookup');
}

function followSignal(socket, signal) {
  if (signal === null || typeof signal !== 'object' || !('aborted' in signal))
    throw invalidArgType('options.signal', 'an instance of AbortSignal',
                         signal);
  const onAborted = () => {
    if (socket[kState].handle) socket.close();
  };
  if (signal.aborted) {
    onAborted();
    return;
  }
  const following = addAbortListener(signal, onAborted);
  const [dispose] = Object.getOwnPropertySymbols(following);
  socket.once('close', following[dispose]);
}

class State {
  constructor(socket, family, handle, kept, options, own) {
    this.socket = socket;
    this.handle = handle; // null once the socket is closed
    this.family = family;
    this.bindState = UNBOUND;
    this.connectState = DISCONNECTED;
    this.queue = undefined; // array: what waits for the bind (bind_queue.js)
    this.keptLookup = kept; // null without a lookupTTL
    this.direct = family === UNIX || kept !== null ||
      names.needsNoLookup(handle.lookup);
    this.reuseAddr = options.reuseAddr;
    this.reusePort = options.reusePort;
    this.ipv6Only = options.ipv6Only;
    this.recvBufferSize = options.recvBufferSize;
    this.sendBufferSize = options.sendBufferSize;
    this.sendBlockList = options.sendBlockList || null;
    this.deferSends = own.deferSends;
    this.highWaterMark = own.sendHighWaterMark === 0 ? null :
      new HighWaterMark(this, own.sendHighWaterMark);
  }
}

inheritNothing(State);

function familyOf(type) {
  if (type === 'udp4') return 4;
  if (type === 'udp6') return 6;
  if (type === 'unix_dgram') return UNIX;
  throw misuse('ERR_SOCKET_BAD_TYPE');
}

// Sets what the handle resolves names with, and whose datagrams it ignores. Returns the
// KeptLookup, or null without a lookupTTL.
function setLookup(handle, family, options, own) {
  if (family === UNIX) {
    unix.checkOptions(options);
    handle.lookup = unix.lookup;
    return null;
  }
  handle.blockList = options.receiveBlockList || null;
  handle.lookup = options.lookup ?? names.defaultLookup();
  if (own.lookupTTL === 0) return null;
  const kept = new names.KeptLookup(family, own.lookupTTL);
  handle.lookup = (...args) => kept.start(...args);
  return kept;
}

const noOptions = { __proto__: null };

function Socket(type, listener) {
  apply(EventEmitter, this, []);
  let options = noOptions;
  if (type !== null && typeof type === 'object') {
    options = type;
    type = options.type;
    checkOptions(options);
  }
  const own = readOwnOptions(options, type);
  const family = familyOf(type);
  const handle = family === UNIX ? new UnixHandle(this, type, own) :
    new Handle(this, type, own);
  const kept = setLookup(handle, family, options, own);
  this.type = type;
  this[kState] = new State(this, family, handle, kept, options, own);
  handle.begin(this[kState]);
  this[keyOfState] = new HostState(this[kState]);
  addMember(host.sockets, this);
  if (typeof listener === 'function') this.on('message', listener);
  if (options.signal !== undefined) followSignal(this, options.signal);
  if (created.hasSubscribers) created.publish({ socket: this });
}
Object.setPrototypeOf(Socket.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Socket, EventEmitter);

// Reserves the places of the methods, in the order of Node.
for (const name of host.methods) Socket.prototype[name] = undefined;
for (const name of ['bindSync', 'connectSync']) {
  if (!host.methods.includes(name)) {
    Object.defineProperty(Socket.prototype, name, {
      value: undefined, configurable: true, writable: true,
    });
  }
}

function createSocket(type, listener) {
  return new Socket(type, listener);
}

// Bundlers rename functions, and util.inspect() shows the name.
for (const [name, value] of Object.entries({ Socket, createSocket }))
  Object.defineProperty(value, 'name', { __proto__: null, value: name });

module.exports = { Socket, createSocket };
