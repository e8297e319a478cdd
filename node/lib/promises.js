'use strict';
// libdgram/promises: createSocket() returns a socket whose calls return promises.
//
// It uses only the public API, so it also works where the module is node:dgram itself. No
// promise stays pending: calls that wait are rejected when the socket is closed or an
// implicit bind fails, although node:dgram does not call their callbacks then.
const { on } = require('node:events');
const dgram = require('./index');
const { AbortController, Promise, Set } = globalThis;
const { defineProperty, entries, getOwnPropertyDescriptors } = Object;

function notRunning() {
  const err = new Error('Not running');
  return Object.assign(err, { code: 'ERR_SOCKET_DGRAM_NOT_RUNNING' });
}

// node:dgram has no iterators. Not every runtime can end on() at the close.
async function* hostIterator(socket, { signal } = {}) {
  const end = new AbortController();
  const stop = () => end.abort();
  socket.once('close', stop);
  signal?.addEventListener('abort', stop);
  if (signal?.aborted) stop();
  try {
    yield* on(socket, 'message', { signal: end.signal });
  } catch (err) {
    if (err.name !== 'AbortError' || signal?.aborted) throw err;
  } finally {
    socket.removeListener('close', stop);
    signal?.removeEventListener('abort', stop);
  }
}

const iteratorOf = (socket, options) => (socket.iterate ?
  socket.iterate(options) : hostIterator(socket, options));

// What an earlier call has left, without an iterator.
const takeParked = dgram.Socket.prototype.iterate ?
  require('./iterate').takeParked : () => null;

async function* throwing(err) {
  throw err;
}

class PromiseSocket {
  static { // where a bundler renames the class, too
    defineProperty(this, 'name', { value: 'PromiseSocket' });
  }

  #socket;
  #waiting = new Set(); // functions that reject the calls without a result
  #error = null; // an 'error' that no call has thrown so far
  #closed; // resolves when the socket is closed
  #isBound = false;
  #isClosing = false; // close() was called
  #isClosed = false;

  constructor(options) {
    this.#socket = dgram.createSocket(options);
    this.#socket.on('error', (err) => this.#onError(err));
    this.#socket.once('listening', () => {
      this.#isBound = true;
    });
    this.#closed = new Promise((resolve) => {
      this.#socket.once('close', () => {
        this.#isClosed = true;
        resolve();
        // The results of sends may still follow.
        setImmediate(() => this.#rejectAll(notRunning()));
      });
    });
    this.#socket.pause?.(); // until something receives
  }

  #rejectAll(err) {
    for (const reject of this.#waiting) reject(err);
    this.#waiting.clear();
  }

  // A failed bind drops the calls that waited for it, also that of close(). Iterators
  // have a listener, too.
  #onError(err) {
    if (!this.#isBound && this.#isClosing)
      Promise.resolve().then(() => this.#closeSocket());
    if (!this.#isBound && this.#waiting.size > 0) this.#rejectAll(err);
    else if (this.#socket.listenerCount('error') === 1) this.#error ??= err;
  }

  #takeError() {
    const err = this.#error;
    this.#error = null;
    return err;
  }

  // Calls begin(resolve, reject), unless the socket is closed.
  #wait(begin) {
    return new Promise((resolve, reject) => {
      if (this.#isClosed) throw notRunning();
      const settle = (how) => (value) => {
        this.#waiting.delete(rejectOnce);
        how(value);
      };
      const rejectOnce = settle(reject);
      this.#waiting.add(rejectOnce);
      try {
        begin(settle(resolve), rejectOnce);
      } catch (err) {
        rejectOnce(err);
      }
    });
  }

  // Calls a method with a callback (err, value) as its last argument.
  #call(name, args) {
    return this.#wait((resolve, reject) => {
      this.#socket[name](...args, (err, value) => (err ? reject(err) : resolve(value)));
    });
  }

  get socket() {
    return this.#socket;
  }

  // Resolves with the address.
  async bind(...args) {
    const socket = this.#socket;
    let onListening = null;
    try {
      return await this.#wait((resolve) => {
        onListening = () => resolve(socket.address());
        socket.once('listening', onListening);
        socket.bind(...args);
      });
    } finally {
      if (onListening !== null) socket.removeListener('listening', onListening);
    }
  }

  async connect(...args) {
    await this.#call('connect', args);
  }

  // These resolve with the number of bytes.
  send(...args) {
    while (args.length > 1 && args[args.length - 1] == null) args.pop();
    // A connected UDP socket ignores a port, and then what is in the place of the
    // address.
    if (args.length === 2 && this.#socket.type !== 'unix_dgram') args.push(null);
    return this.#call('send', args);
  }

  sendMany(...args) {
    return this.#call('sendMany', args);
  }

  sendOne(message) {
    return this.#call('sendOne', [message]);
  }

  reply(rinfo, msg) {
    return this.#call('reply', [rinfo, msg]);
  }

  #closeSocket() {
    try {
      this.#socket.close();
    } catch (err) {
      if (err.code !== 'ERR_SOCKET_DGRAM_NOT_RUNNING') throw err; // it is being closed
    }
  }

  // The socket is closed once: a second close() that waited for a bind would throw later.
  async close() {
    if (!this.#isClosing && !this.#isClosed) {
      this.#isClosing = true;
      this.#closeSocket();
    }
    await this.#closed;
  }

  // Resolves with [msg, rinfo].
  async receive(options) {
    const err = this.#takeError();
    if (err !== null) throw err;
    const ready = options === undefined ? takeParked(this.#socket) : null;
    if (ready !== null) return ready;
    const iterator = iteratorOf(this.#socket, options);
    try {
      const { value, done } = await iterator.next();
      if (done) throw notRunning();
      return value;
    } finally {
      iterator.return();
    }
  }

  iterate(options) {
    const err = this.#takeError();
    return err !== null ? throwing(err) : iteratorOf(this.#socket, options);
  }

  [Symbol.asyncIterator]() {
    return this.iterate();
  }
}

if (Symbol.asyncDispose) {
  PromiseSocket.prototype[Symbol.asyncDispose] = function() {
    return this.close();
  };
}

// All other members are those of the socket.
function forward(name, { value, get }) {
  const member = { configurable: true };
  if (typeof value === 'function') {
    member.writable = true;
    member.value = function(...args) {
      const result = this.socket[name](...args);
      return result === this.socket ? this : result;
    };
  } else if (get) {
    member.get = function() {
      return this.socket[name];
    };
  }
  defineProperty(PromiseSocket.prototype, name, member);
}

const members = getOwnPropertyDescriptors(dgram.Socket.prototype);
for (const [name, descriptor] of entries(members)) {
  if (!name.startsWith('_') && !(name in PromiseSocket.prototype))
    forward(name, descriptor);
}

function createSocket(options) {
  return new PromiseSocket(options);
}

module.exports = { createSocket, PromiseSocket };
