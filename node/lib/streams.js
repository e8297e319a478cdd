'use strict';
// readable() and writable(): web streams of datagrams. Both leave the socket open.
const { consume } = require('./iterate');
const { inheritNothing, isArray, isView } = require('./builtins');
const { misuse } = require('./errors');
const { BOUND, healthCheck, kState } = require('./state');
const { Socket } = require('./socket');
const { Promise } = globalThis;

// The stream keeps no datagrams itself. At a cancel() they stay with the socket, as at
// the `break` of a loop.
function readable(options = { __proto__: null }) {
  const { ReadableStream } = require('node:stream/web');
  const consumer = consume(this, options);
  return new ReadableStream({
    __proto__: null,
    async pull(controller) {
      const { value, done } = await consumer.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel() {
      consumer.end();
    },
  }, { __proto__: null, highWaterMark: 0 });
}

// A write ends when the result of its datagram is known. With sendHighWaterMark it ends
// when the socket takes more, and the error of a datagram fails a later write.
class Sink {
  constructor(socket) {
    this.socket = socket;
    this.hasMark = socket[kState].highWaterMark !== null;
    this.controller = null;
    this.left = 0; // datagrams without a result
    this.waiting = null; // for a condition: { isMet, resolve, reject }
    this.onDrain = () => this.check();
    this.onError = (err) => this.fail(err);
    this.onClose = () => this.fail(misuse('ERR_SOCKET_DGRAM_NOT_RUNNING'));
    this.onResult = (err) => this.finish(err);
  }

  start(controller) {
    this.controller = controller;
    this.socket.on('drain', this.onDrain);
    this.socket.on('close', this.onClose);
  }

  end() {
    this.socket.removeListener('drain', this.onDrain);
    this.socket.removeListener('error', this.onError);
    this.socket.removeListener('close', this.onClose);
  }

  fail(err) {
    this.end();
    this.controller.error(err);
    this.waiting?.reject(err);
  }

  finish(err) {
    this.left--;
    this.socket.removeListener('error', this.onError);
    if (err) this.fail(err);
    else this.check();
  }

  check() {
    const { waiting } = this;
    if (waiting === null || !waiting.isMet()) return;
    this.waiting = null;
    waiting.resolve();
  }

  until(isMet) {
    return new Promise((resolve, reject) => {
      this.waiting = { isMet, resolve, reject };
      this.check();
    });
  }

  // If an implicit bind fails, no callback is called.
  send(chunk) {
    const { socket } = this;
    const isMessage = chunk !== null && typeof chunk === 'object' && !isView(chunk) &&
      !isArray(chunk);
    if (isMessage) socket.sendOne(chunk, this.onResult);
    else socket.send(chunk, this.onResult);
    if (this.left++ === 0 && socket[kState].bindState !== BOUND)
      socket.on('error', this.onError);
  }

  async write(chunk) {
    const mayGoOn = this.hasMark ? () => !this.socket.writableNeedDrain :
      () => this.left === 0;
    await this.until(mayGoOn);
    try {
      this.send(chunk);
    } catch (err) {
      this.end(); // the stream is in error, and calls nothing more
      throw err;
    }
    await this.until(mayGoOn);
  }

  async close() {
    await this.until(() => this.left === 0);
    this.end();
  }

  abort() {
    this.end();
  }
}

inheritNothing(Sink);

function writable({ highWaterMark = 1 } = { __proto__: null }) {
  const { WritableStream } = require('node:stream/web');
  healthCheck(this);
  const sink = new Sink(this);
  return new WritableStream({
    __proto__: null,
    start: (controller) => sink.start(controller),
    write: (chunk) => sink.write(chunk),
    close: () => sink.close(),
    abort: () => sink.abort(),
  }, { __proto__: null, highWaterMark });
}

for (const [name, value] of Object.entries({ readable, writable })) {
  Object.defineProperty(Socket.prototype, name, {
    __proto__: null, value, configurable: true, writable: true,
  });
}
