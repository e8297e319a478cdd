'use strict';
// Async iteration: socket[Symbol.asyncIterator]() and iterate() yield [msg, rinfo].
const { addAbortListener } = require('node:events');
const Inbox = require('./inbox');
const { hasListeners } = require('./emit');
const { inheritNothing, shift } = require('./builtins');
const { abortError, invalidArgType, outOfRange } = require('./errors');
const { validateUint32 } = require('./validate');
const { kState } = require('./state');
const { Socket } = require('./socket');
const { Promise } = globalThis;
const { defineProperty, getOwnPropertySymbols, getPrototypeOf, setPrototypeOf } = Object;

const LIMIT = 64; // datagrams that may wait

const resolved = Promise.resolve.bind(Promise);
const rejected = Promise.reject.bind(Promise);
const last = (value) => ({ value, done: true });

// One iterator's part of an inbox.
class Consumer {
  constructor(inbox, limit) {
    this.inbox = inbox;
    this.limit = limit;
    this.calls = []; // of next() that wait: { resolve, reject }
    this.error = null; // to be thrown
    this.errorAt = 0; // when so many datagrams were taken from the inbox
    this.following = null; // ends listening to the signal
    this.isDone = false;
    inbox.add(this);
  }

  follow(signal) {
    const following = addAbortListener(signal, () =>
      this.fail(abortError(signal), this.inbox.taken));
    const [dispose] = getOwnPropertySymbols(following);
    this.following = { __proto__: null, dispose: () => following[dispose]() };
  }

  next() {
    const { inbox } = this;
    if (this.isDone) return resolved(last());
    if (this.error !== null && inbox.taken >= this.errorAt) {
      this.end();
      return rejected(this.error);
    }
    const value = inbox.take();
    if (value !== null) return resolved({ value, done: false });
    if (inbox.isClosed) {
      this.end();
      return resolved(last());
    }
    return new Promise((resolve, reject) => {
      this.calls[this.calls.length] = { resolve, reject };
      inbox.wait(this);
    });
  }

  // For a call that waits.
  give(value) {
    shift(this.calls).resolve({ value, done: false });
  }

  // The error is thrown when `at` datagrams were taken: those before it come first.
  fail(error, at) {
    if (this.error !== null && this.errorAt <= at) return;
    this.error = error;
    this.errorAt = at;
    if (this.calls.length === 0) return;
    shift(this.calls).reject(error);
    this.end();
  }

  end() {
    if (this.isDone) return;
    this.isDone = true;
    this.following?.dispose();
    this.inbox.remove(this);
    for (let i = 0; i < this.calls.length; i++) this.calls[i].resolve(last());
  }
}

inheritNothing(Consumer);

const asyncIteratorPrototype =
  getPrototypeOf(getPrototypeOf((async function* none() { /* empty */ }).prototype));

class SocketIterator {
  #consumer;

  constructor(consumer) {
    this.#consumer = consumer;
  }

  next() {
    return this.#consumer.next();
  }

  return(value) {
    this.#consumer.end();
    return resolved(last(value));
  }

  throw(error) {
    this.#consumer.end();
    return rejected(error);
  }
}

setPrototypeOf(SocketIterator.prototype, asyncIteratorPrototype);

// An iterator of a closed socket.
const ended = {
  __proto__: null,
  next: () => resolved(last()),
  end() { /* it has */ },
};

function checkOptions({ signal, highWaterMark = LIMIT }) {
  if (signal !== undefined &&
      (signal === null || typeof signal !== 'object' || !('aborted' in signal)))
    throw invalidArgType('options.signal', 'an instance of AbortSignal', signal);
  validateUint32(highWaterMark, 'options.highWaterMark');
  if (highWaterMark === 0) throw outOfRange('options.highWaterMark', '>= 1', 0);
  return highWaterMark;
}

function consume(socket, options) {
  const limit = checkOptions(options);
  const { signal } = options;
  if (signal?.aborted) throw abortError(signal);
  const { handle } = socket[kState];
  if (!handle) return ended;
  const consumer = new Consumer(handle.inbox ?? new Inbox(handle), limit);
  if (signal !== undefined) consumer.follow(signal);
  return consumer;
}

const noOptions = { __proto__: null };

function iterate(options = noOptions) {
  return new SocketIterator(consume(this, options));
}

for (const [name, value] of [
  ['iterate', iterate],
  [Symbol.asyncIterator, function() {
    return new SocketIterator(consume(this, noOptions));
  }],
]) {
  defineProperty(Socket.prototype, name, {
    __proto__: null, value, configurable: true, writable: true,
  });
}

// Takes a datagram that an iterator has left, if nothing else would get it. Returns null
// if there is none.
function takeParked(socket) {
  const { handle } = socket[kState];
  if (!handle || handle.parked === null || handle.parked.count === 0 ||
      handle.inbox !== null || handle.blockList !== null || hasListeners(handle))
    return null;
  const { msg, rinfo } = handle.takeParked();
  return [msg, rinfo];
}

module.exports = { consume, takeParked };
