'use strict';
// libdgram/unix-dgram: the interface and the behavior of the npm package unix-dgram.
//
// The rule. Calls are system calls: they emit their event, or call their callback, before
// they return, and nothing is queued. The codes of errors are negative numbers. Datagrams
// arrive as for the other sockets (receive.js).
const { EventEmitter } = require('node:events');
const fs = require('node:fs');
if (require('./forbidden')) {
  const err = new Error('Access to this API has been restricted. Use --allow-net to ' +
                        'manage permissions.');
  throw Object.assign(err, { code: 'ERR_ACCESS_DENIED', permission: 'Net' });
}
const { addon: native, isNative } = require('./addon_or_fallback');
const { inContext } = require('./context');
const dgram = require('./dgram');
const { EAGAIN, EBADF, EINVAL, ENOBUFS, ENOENT } = require('./errno');
const { UnixHandle } = require('./transport');
const { readOwnOptions } = require('./own_options');
const { inheritNothing, isView, strings } = require('./builtins');
const { invalidArgType } = require('./errors');
const { slice } = require('./validate');
const { lengthOf, part } = require('./views');

const isFull = (code) =>
  code === EAGAIN || code === ENOBUFS;

function systemError(code, syscall) {
  return Object.assign(new Error(`${syscall} ${code}`), { code, errno: code, syscall });
}

// The form that the addon takes: there '@' begins an abstract name, here a null byte
// does. Any other path ends at a null byte, as in C.
function textOf(path) {
  const text = `${path}`;
  if (text[0] === '\0') return `@${strings.slice(text, 1)}`;
  const end = strings.indexOf(text, '\0');
  return (text[0] === '@' ? './' : '') + (end < 0 ? text : strings.slice(text, 0, end));
}

function pathOf({ address }) {
  if (address === '') return null;
  return address[0] === '@' ? `\0${strings.slice(address, 1)}` : address;
}

// Takes the place of the socket of a handle: translates its events to those of this
// module.
class Receiver {
  constructor(socket) {
    this.socket = socket;
  }

  emit(event, first, rinfo) {
    if (event === 'message') {
      this.socket.emit('message', first,
                       { size: rinfo.size, address: {}, path: pathOf(rinfo) });
    } else {
      this.socket.emit('error', systemError(first.errno, first.syscall)); // of recvmsg()
    }
  }
}

inheritNothing(Receiver);

if (isNative)
  native.setupWritable(inContext(({ handle }) => handle.socket.socket.emit('writable')));

function checkBytes(value) {
  if (!isView(value))
    throw invalidArgType('buf', 'an instance of Buffer, TypedArray, or DataView', value);
}

// Only Linux reports when the queue of a peer has space. Elsewhere the socket is writable
// all the time, so the program tries again after some milliseconds.
const reportsSpace = process.platform === 'linux';
const RETRY_MS = 5;

class Socket extends EventEmitter {
  #handle;
  #timer = null; // for 'writable' where the kernel does not report space

  constructor(type, listener) {
    super();
    const own = readOwnOptions({ __proto__: null }, type);
    this.#handle = new UnixHandle(new Receiver(this), type, own);
    this.fd = native.unixSocket();
    if (this.fd < 0) throw systemError(this.fd, 'socket');
    const code = this.#handle.open(this.fd);
    if (code < 0) {
      fs.closeSync(this.fd);
      throw systemError(code, 'socket');
    }
    this.type = type;
    if (typeof listener === 'function') this.on('message', listener);
  }

  // Makes a system call with a path; `missing` is its code without one.
  #call(call, path, missing) {
    if (this.#handle === null) return EBADF;
    return path == null ? missing : call(this.fd, textOf(path));
  }

  #finish(code, syscall, event) {
    if (code < 0) {
      this.emit('error', systemError(code, syscall));
      return;
    }
    if (event === 'connect') this.connected = true;
    this.emit(event);
  }

  bind(path) {
    this.#finish(this.#call(native.unixBind, path, EINVAL), 'bind', 'listening');
  }

  connect(path) {
    this.#finish(this.#call(native.unixConnect, path, ENOENT), 'connect', 'connect');
  }

  // With a peer send(buf[, callback]), without send(buf, offset, length, path[,
  // callback]).
  send(buf, offset, length, path, callback) {
    if (this.connected) this.#sendToPeer(buf, offset);
    else this.#sendTo(buf, offset, length, path, callback);
  }

  sendto(buf, offset, length, path, callback) {
    this.send(buf, offset, length, path, callback);
  }

  #sendToPeer(buf, callback) {
    checkBytes(buf);
    const code = this.#handle === null ? EBADF :
      native.unixSend(this.fd, part(buf, 0, lengthOf(buf)), null);
    if (isFull(code)) this.#reportCongestion(buf, callback);
    else this.#reportSent(code, callback);
  }

  #sendTo(buf, offset, length, path, callback) {
    checkBytes(buf);
    const bytes = slice(buf, offset, length);
    const send = (fd, to) => native.unixSend(fd, bytes, to);
    this.#reportSent(this.#call(send, path, ENOENT), callback);
  }

  #retryLater() {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      if (this.#handle !== null) this.emit('writable');
    }, RETRY_MS);
    return 0;
  }

  // The datagram was not sent. 'writable' follows when the peer has space.
  #reportCongestion(buf, callback) {
    const code = reportsSpace ? native.awaitWritable(this.#handle.native) : this.#retryLater();
    if (code < 0) this.#reportSent(code, callback);
    else if (typeof callback === 'function')
      callback(Object.assign(new Error('congestion'), { code: 1 }));
    else
      this.emit('congestion', buf);
  }

  #reportSent(code, callback) {
    if (typeof callback !== 'function') {
      if (code < 0) this.emit('error', systemError(code, 'send'));
    } else if (code < 0) {
      callback(systemError(code, 'send'));
    } else {
      callback();
    }
  }

  // Emits no event, and leaves the file.
  close() {
    const handle = this.#handle;
    if (handle === null) return;
    this.#handle = null;
    this.fd = -1;
    handle.close();
    handle.endContext();
  }
}

// Methods are enumerable, as those of unix-dgram are.
for (const name of ['bind', 'connect', 'send', 'sendto', 'close'])
  Object.defineProperty(Socket.prototype, name, { enumerable: true });

for (const name of ['address', 'setTTL', 'setBroadcast', 'setMulticastTTL',
                    'setMulticastLoopback', 'addMembership', 'dropMembership']) {
  Socket.prototype[name] = () => {
    throw new Error('not implemented');
  };
}

// Without the addon, 'unix_dgram' throws ENOTSUP, because node:dgram has no Unix sockets.
function createSocket(type, listener) {
  if (type === 'unix_dgram') return new Socket(type, listener);
  if (type === 'udp4' || type === 'udp6') return dgram.createSocket(type, listener);
  throw new Error(`Unsupported socket type: ${type}`);
}

module.exports = { createSocket };
