'use strict';
// Deno passes the datagrams of one tick to the kernel in any order. So on Deno each
// datagram waits until the one before it was sent. Its bytes are copied when it begins to
// wait, because node:dgram would read them then.
const { FastBuffer, inheritNothing, isArray, shift } = require('../builtins');
const { ECANCELED } = require('../errno');
const { copy, lengthOf } = require('../views');

const canceled = Object.assign(new Error('send ECANCELED'),
                               { errno: ECANCELED, code: 'ECANCELED', syscall: 'send' });

function copyOf(parts, length) {
  const bytes = new FastBuffer(length);
  const list = isArray(parts) ? parts : [parts];
  for (let i = 0, end = 0; i < list.length; i++) {
    copy(bytes, end, list[i], lengthOf(list[i]));
    end += lengthOf(list[i]);
  }
  return bytes;
}

class OrderedSends {
  constructor(socket) {
    this.socket = socket; // of the host
    this.waiting = []; // { args, done }
    this.isSending = false;
  }

  // Calls done(error or null, bytes) later.
  send(parts, length, address, port, done) {
    const bytes = copyOf(parts, length);
    const args = address === null ? [bytes] : [bytes, port, address];
    this.waiting[this.waiting.length] = { args, done };
    if (!this.isSending) this.#sendNext();
  }

  #sendNext() {
    if (this.waiting.length === 0) return;
    const { args, done } = shift(this.waiting);
    this.isSending = true;
    this.socket.send(...args, (err, sent) => {
      this.isSending = false;
      try {
        done(err, sent);
      } finally {
        this.#sendNext();
      }
    });
  }

  // The socket is closed.
  cancel() {
    const { waiting } = this;
    this.waiting = [];
    for (let i = 0; i < waiting.length; i++) waiting[i].done(canceled, 0);
  }
}

inheritNothing(OrderedSends);

module.exports = OrderedSends;
