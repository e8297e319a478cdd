'use strict';
// The class Socket: states, events and every method but send().
const { EventEmitter, errorMonitor } = require('node:events');
const { AsyncResource } = require('node:async_hooks');
const { BlockList, isIP } = require('node:net');
const diagnosticsChannel = require('node:diagnostics_channel');
const dns = require('node:dns');
const { constants: { errno: { EBADF: badDescriptor } } } =
  require('node:os');
const Handle = require('./handle');
const native = require('./native');
const {
  blocked, bufferSizeError, coded, hostPortError, invalidArgType,
  invalidArgValue, misuse, systemError,
} = require('./errors');
const {
  validateFunction, validateNumber, validatePort, validateString,
  validateUint32,
} = require('./validate');
const { isNew } = require('./host');

const EBADF = -badDescriptor;
const UNBOUND = 0;
const BINDING = 1;
const BOUND = 2;
const DISCONNECTED = 0;
const CONNECTING = 1;
const CONNECTED = 2;

const kState = Symbol('state symbol');
const created = diagnosticsChannel.channel('udp.socket');
const originalLookup = dns.lookup;

// ---- Names -------------------------------------------------------------------

// How Node that runs resolves by default: which dns.lookup, and whether for
// literals too.
function defaultLookup() {
  if (!isNew) return dns.lookup;
  return (address, family, callback) => {
    if (isIP(address) === family)
      process.nextTick(callback, null, address, family);
    else
      dns.lookup(address, family, callback);
  };
}

function resolve(state, address, fallback, callback) {
  const { lookup, family } = state;
  lookup(address || fallback, family, callback);
}

function anyAddress(state) {
  return state.family === 6 ? '::' : '0.0.0.0';
}

function loopback(state) {
  return state.family === 6 ? '::1' : '127.0.0.1';
}

// ---- Construction --------------------------------------------------------------

function checkOptions(options) {
  for (const name of ['recvBufferSize', 'sendBufferSize']) {
    if (options[name]) validateUint32(options[name], `options.${name}`);
  }
  for (const name of ['receiveBlockList', 'sendBlockList']) {
    if (options[name] && !BlockList.isBlockList?.(options[name]) &&
        !(options[name] instanceof BlockList))
      throw invalidArgType(`options.${name}`, 'an net.BlockList',
                           options[name]);
  }
  if (options.lookup !== undefined) validateFunction(options.lookup, 'lookup');
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
  signal.addEventListener('abort', onAborted, { once: true });
  socket.once('close', () => signal.removeEventListener('abort', onAborted));
}

function Socket(type, listener) {
  EventEmitter.call(this);
  const options = type !== null && typeof type === 'object' ? type : {};
  if (type !== null && typeof type === 'object') type = options.type;
  checkOptions(options);
  if (type !== 'udp4' && type !== 'udp6')
    throw misuse('ERR_SOCKET_BAD_TYPE');
  this.type = type;
  const resource = new AsyncResource('UDPWRAP');
  const handle = new Handle(this, type, resource);
  const state = {
    socket: this,
    handle,
    family: type === 'udp6' ? 6 : 4,
    bindState: UNBOUND,
    connectState: DISCONNECTED,
    queue: undefined,
    lookup: options.lookup ?? defaultLookup(),
    // Literals need no lookup that anybody could see.
    direct: options.lookup === undefined &&
      (isNew || dns.lookup === originalLookup),
    reuseAddr: options.reuseAddr,
    reusePort: options.reusePort,
    ipv6Only: options.ipv6Only,
    recvBufferSize: options.recvBufferSize,
    sendBufferSize: options.sendBufferSize,
    sendBlockList: options.sendBlockList || null,
  };
  Object.defineProperty(this, kState, { value: state, configurable: true });
  handle.pooled = Boolean(options.pooled);
  handle.blockList = options.receiveBlockList || null;
  handle.isBlocked = ({ address, family }) =>
    handle.blockList.check(address.replace(/%.*/, ''),
                           family === 'IPv6' ? 'ipv6' : 'ipv4');
  handle.onerror = (errno) => {
    resource.runInAsyncScope(this.emit, this, 'error',
                             systemError(errno, 'recvmsg'));
  };
  if (typeof listener === 'function') this.on('message', listener);
  if (options.signal !== undefined) followSignal(this, options.signal);
  if (created.hasSubscribers) created.publish({ socket: this });
}
Object.setPrototypeOf(Socket.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Socket, EventEmitter);

function createSocket(type, listener) {
  return new Socket(type, listener);
}

function healthCheck(socket) {
  if (!socket[kState].handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
}

// ---- What waits for the bind ----------------------------------------------------

function enqueue(socket, operation) {
  const state = socket[kState];
  if (state.queue === undefined) {
    state.queue = [];
    const onListening = () => {
      socket.removeListener(errorMonitor, onError);
      const { queue } = state;
      state.queue = undefined;
      for (const run of queue) run();
    };
    const onError = () => {
      socket.removeListener('listening', onListening);
      state.queue = undefined;
    };
    socket.once('listening', onListening);
    socket.once(errorMonitor, onError);
  }
  state.queue.push(operation);
}

// Runs the operation on a bound socket, now or as soon as it is one.
function whenBound(socket, operation) {
  const state = socket[kState];
  if (state.bindState === UNBOUND)
    socket.bind({ port: 0, exclusive: true }, null);
  if (state.bindState !== BOUND) enqueue(socket, operation);
  else operation();
}

// ---- bind -----------------------------------------------------------------------

function applyBufferSizes(state) {
  if (state.recvBufferSize) bufferSize(state.socket, state.recvBufferSize, true);
  if (state.sendBufferSize)
    bufferSize(state.socket, state.sendBufferSize, false);
}

function startListening(socket) {
  const state = socket[kState];
  state.bindState = BOUND;
  applyBufferSizes(state);
  socket.emit('listening');
}

// The callback of bind() hears of success only.
function addBindCallback(socket, callback) {
  const failure = isNew ? errorMonitor : 'error';
  function removeListeners() {
    socket.removeListener(failure, removeListeners);
    socket.removeListener('listening', onListening);
  }
  function onListening() {
    removeListeners();
    callback.call(this);
  }
  socket.on(failure, removeListeners);
  socket.on('listening', onListening);
}

function bindDescriptor(socket, fd) {
  const state = socket[kState];
  const err = state.handle.open(fd);
  if (err === native.ERR_INVALID_FD_TYPE || err === EBADF)
    throw coded(TypeError, 'ERR_INVALID_FD_TYPE',
                `Unsupported fd type: ${kindOf(fd)}`);
  if (err < 0) throw systemError(err, 'open');
  startListening(socket);
}

// What guessHandleType would call a descriptor that is no datagram socket.
function kindOf(fd) {
  try {
    const stat = require('node:fs').fstatSync(fd);
    if (stat.isFile()) return 'FILE';
    if (require('node:tty').isatty(fd)) return 'TTY';
    if (stat.isCharacterDevice()) return 'FILE';
    if (stat.isFIFO()) return 'PIPE';
    if (stat.isSocket()) return native.socketKind(fd);
  } catch {
    // Closed: nothing is known of it.
  }
  return 'UNKNOWN';
}

function bindResolved(socket, ip, port) {
  const state = socket[kState];
  const flags = {
    reuseAddr: state.reuseAddr,
    reusePort: state.reusePort,
    ipv6Only: state.ipv6Only,
  };
  return state.handle.bind(String(ip), (port >>> 0) & 0xffff, flags);
}

function isDescriptor(fd) {
  return Number.isInteger(fd) && fd > 0 && fd <= 0x7fffffff;
}

Socket.prototype.bind = function(port_, address_ /* , callback */) {
  let port = port_;
  healthCheck(this);
  const state = this[kState];
  if (state.bindState !== UNBOUND) throw misuse('ERR_SOCKET_ALREADY_BOUND');
  state.bindState = BINDING;
  const callback = arguments.length > 0 && arguments[arguments.length - 1];
  if (typeof callback === 'function') addBindCallback(this, callback);

  let address;
  if (port !== null && typeof port === 'object') {
    if (typeof port.recvStart === 'function') {
      bindDescriptor(this, port.fd);
      return this;
    }
    if (isDescriptor(port.fd)) {
      bindDescriptor(this, port.fd);
      return this;
    }
    address = port.address || '';
    port = port.port;
  } else {
    address = typeof address_ === 'function' ? '' : address_;
  }
  const resource = new AsyncResource('UDPBIND');
  resolve(state, address, anyAddress(state), (err, ip) => {
    resource.runInAsyncScope(onBindAddress, null, this, err, ip, port);
  });
  return this;
};

function onBindAddress(socket, err, ip, port) {
  const state = socket[kState];
  if (!state.handle) return; // closed meanwhile
  if (err) {
    state.bindState = UNBOUND;
    socket.emit('error', err);
    return;
  }
  const errno = bindResolved(socket, ip, port);
  if (errno < 0) {
    state.bindState = UNBOUND;
    socket.emit('error', hostPortError(errno, 'bind', ip, port));
    return;
  }
  startListening(socket);
}

function checkLiteral(address, name, call) {
  validateString(address, name);
  if (isIP(address) === 0)
    throw invalidArgValue(name, address, 'must be a numeric IP address; ' +
                          `${call} does not perform DNS resolution`);
}

Socket.prototype.bindSync = function(...args) {
  const options = args[0];
  healthCheck(this);
  if (options !== undefined && (options === null || Array.isArray(options) ||
                                typeof options !== 'object'))
    throw invalidArgType('options', 'of type object', options);
  const state = this[kState];
  if (state.bindState !== UNBOUND) throw misuse('ERR_SOCKET_ALREADY_BOUND');
  const port = validatePort(options?.port ?? 0, 'options.port', true);
  let address = options?.address;
  if (address) checkLiteral(address, 'options.address', 'bindSync');
  else address = anyAddress(state);
  const errno = bindResolved(this, address, port);
  if (errno < 0) throw hostPortError(errno, 'bind', address, port);
  state.bindState = BOUND;
  applyBufferSizes(state);
  process.nextTick(() => {
    if (state.handle) this.emit('listening');
  });
  return this.address();
};

// ---- connect --------------------------------------------------------------------

Socket.prototype.connect = function(port, address, callback) {
  port = validatePort(port);
  if (typeof address === 'function') {
    callback = address;
    address = '';
  } else if (address === undefined) {
    address = '';
  }
  validateString(address, 'address');
  const state = this[kState];
  if (state.connectState !== DISCONNECTED)
    throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  state.connectState = CONNECTING;
  const resource = new AsyncResource('UDPCONNECT');
  whenBound(this, () => {
    if (callback) {
      validateFunction(callback, 'listener');
      this.once('connect', callback);
    }
    if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
    resolve(state, address, loopback(state), (err, ip) => {
      resource.runInAsyncScope(onConnectAddress, null, this, err, ip, address,
                               port, callback);
    });
  });
};

function isBlockedBy(list, ip) {
  return list !== null && list.check(ip.replace(/%.*/, ''),
                                     isIP(ip) === 6 ? 'ipv6' : 'ipv4');
}

function onConnectAddress(socket, err, ip, address, port, callback) {
  const state = socket[kState];
  if (!state.handle) return;
  if (!err && isBlockedBy(state.sendBlockList, ip)) err = blocked(ip);
  if (!err) {
    const errno = state.handle.connect(String(ip), port);
    if (errno < 0) err = hostPortError(errno, 'connect', address, port);
  }
  if (err) {
    state.connectState = DISCONNECTED;
    process.nextTick(() => {
      if (callback) {
        socket.removeListener('connect', callback);
        callback(err);
      } else {
        socket.emit('error', err);
      }
    });
    return;
  }
  state.connectState = CONNECTED;
  process.nextTick(() => socket.emit('connect'));
}

Socket.prototype.connectSync = function(port, address) {
  healthCheck(this);
  port = validatePort(port);
  const state = this[kState];
  if (state.connectState !== DISCONNECTED)
    throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  let ip = loopback(state);
  if (address != null && address !== '') {
    checkLiteral(address, 'address', 'connectSync');
    ip = address;
  }
  if (state.bindState === UNBOUND) this.bindSync();
  if (state.bindState !== BOUND) throw misuse('ERR_SOCKET_ALREADY_BOUND');
  if (isBlockedBy(state.sendBlockList, ip)) throw blocked(ip);
  const errno = state.handle.connect(ip, port);
  if (errno < 0) throw hostPortError(errno, 'connect', ip, port);
  state.connectState = CONNECTED;
  process.nextTick(() => {
    if (state.handle) this.emit('connect');
  });
};

Socket.prototype.disconnect = function() {
  const state = this[kState];
  if (state.connectState !== CONNECTED)
    throw misuse('ERR_SOCKET_DGRAM_NOT_CONNECTED');
  const errno = state.handle.disconnect();
  if (errno < 0) throw systemError(errno, 'connect');
  state.connectState = DISCONNECTED;
};

// ---- send (send.js) ---------------------------------------------------------------

Socket.prototype.sendto = function(buffer, offset, length, port, address,
                                   callback) {
  validateNumber(offset, 'offset');
  validateNumber(length, 'length');
  validateNumber(port, 'port');
  validateString(address, 'address');
  this.send(buffer, offset, length, port, address, callback);
};

Socket.prototype.send = undefined; // set by send.js, here for its place

// ---- close ------------------------------------------------------------------------

Socket.prototype.close = function(callback) {
  const state = this[kState];
  if (typeof callback === 'function') this.on('close', callback);
  if (state.queue !== undefined) {
    enqueue(this, () => this.close());
    return this;
  }
  healthCheck(this);
  const { handle } = state;
  state.handle = null;
  handle.close();
  process.nextTick(() => {
    handle.resource.emitDestroy();
    this.emit('close');
  });
  return this;
};

// ---- Addresses and options ----------------------------------------------------------

function addressOf(socket, peer, syscall) {
  const out = { address: undefined, family: undefined, port: undefined };
  const errno = socket[kState].handle.address(out, peer);
  if (errno < 0) throw systemError(errno, syscall);
  return out;
}

Socket.prototype.address = function() {
  healthCheck(this);
  return addressOf(this, false, 'getsockname');
};

Socket.prototype.remoteAddress = function() {
  healthCheck(this);
  if (this[kState].connectState !== CONNECTED)
    throw misuse('ERR_SOCKET_DGRAM_NOT_CONNECTED');
  return addressOf(this, true, 'getpeername');
};

function check(errno, syscall) {
  if (errno < 0) throw systemError(errno, syscall);
}

Socket.prototype.setBroadcast = function(flag) {
  check(this[kState].handle.setBroadcast(flag ? 1 : 0), 'setBroadcast');
};

Socket.prototype.setTTL = function(ttl) {
  validateNumber(ttl, 'ttl');
  check(this[kState].handle.setTTL(ttl), 'setTTL');
  return ttl;
};

Socket.prototype.setMulticastTTL = function(ttl) {
  validateNumber(ttl, 'ttl');
  check(this[kState].handle.setMulticastTTL(ttl), 'setMulticastTTL');
  return ttl;
};

Socket.prototype.setMulticastLoopback = function(flag) {
  check(this[kState].handle.setMulticastLoopback(flag ? 1 : 0),
        'setMulticastLoopback');
  return flag;
};

Socket.prototype.setMulticastInterface = function(interfaceAddress) {
  healthCheck(this);
  validateString(interfaceAddress, 'interfaceAddress');
  check(this[kState].handle.setMulticastInterface(interfaceAddress),
        'setMulticastInterface');
};

// As the system would read them: text, up to a null byte.
function textOf(value) {
  return String(value).split('\0', 1)[0];
}

function changeMembership(socket, call, join, group, interfaceAddress) {
  healthCheck(socket);
  if (!group)
    throw coded(TypeError, 'ERR_MISSING_ARGS',
                'The "multicastAddress" argument must be specified');
  check(socket[kState].handle.membership(
    join, null, textOf(group),
    interfaceAddress == null ? null : textOf(interfaceAddress)), call);
}

Socket.prototype.addMembership = function(multicastAddress,
                                          interfaceAddress) {
  changeMembership(this, 'addMembership', true, multicastAddress,
                   interfaceAddress);
};

Socket.prototype.dropMembership = function(multicastAddress,
                                           interfaceAddress) {
  changeMembership(this, 'dropMembership', false, multicastAddress,
                   interfaceAddress);
};

function changeSource(socket, call, join, source, group, interfaceAddress) {
  healthCheck(socket);
  validateString(source, 'sourceAddress');
  validateString(group, 'groupAddress');
  check(socket[kState].handle.membership(
    join, textOf(source), textOf(group),
    interfaceAddress == null ? null : textOf(interfaceAddress)), call);
}

Socket.prototype.addSourceSpecificMembership = function(
  sourceAddress, groupAddress, interfaceAddress) {
  changeSource(this, 'addSourceSpecificMembership', true, sourceAddress,
               groupAddress, interfaceAddress);
};

Socket.prototype.dropSourceSpecificMembership = function(
  sourceAddress, groupAddress, interfaceAddress) {
  changeSource(this, 'dropSourceSpecificMembership', false, sourceAddress,
               groupAddress, interfaceAddress);
};

Socket.prototype.ref = function() {
  this[kState].handle?.ref();
  return this;
};

Socket.prototype.unref = function() {
  this[kState].handle?.unref();
  return this;
};

function bufferSize(socket, size, receive) {
  if (size >>> 0 !== size) throw misuse('ERR_SOCKET_BAD_BUFFER_SIZE');
  const result = socket[kState].handle.bufferSize(size, receive);
  if (result < 0)
    throw bufferSizeError(result, receive ? 'uv_recv_buffer_size' :
      'uv_send_buffer_size');
  return result;
}

Socket.prototype.setRecvBufferSize = function(size) {
  bufferSize(this, size, true);
};

Socket.prototype.setSendBufferSize = function(size) {
  bufferSize(this, size, false);
};

Socket.prototype.getRecvBufferSize = function() {
  return bufferSize(this, 0, true);
};

Socket.prototype.getSendBufferSize = function() {
  return bufferSize(this, 0, false);
};

Socket.prototype.getSendQueueSize = function() {
  return this[kState].handle.getSendQueueSize();
};

Socket.prototype.getSendQueueCount = function() {
  return this[kState].handle.getSendQueueCount();
};

module.exports = {
  BOUND, CONNECTED, Socket, createSocket, isBlockedBy, kState, loopback,
  resolve, whenBound,
};
