'use strict';
// The queue that the iterators of a socket share.
//
// The rule. While a socket has iterators, its datagrams enter one queue, a slab at a
// time. Each is taken by one iterator. Listeners get it as well. If `limit` datagrams
// wait when more are received, these are parked, and the socket stops receiving until
// half of the `limit` is left. So the socket never keeps more than `limit` datagrams and
// those of two wake-ups. When the last iterator ends, the datagrams that it has not taken
// are parked, and the socket is paused. The next iterator or resume() continues with
// them. If there are listeners, the socket is not paused, and only datagrams that no
// listener gets are parked.
const DatagramQueue = require('./datagram_queue');
const { inheritNothing, shift, without } = require('./builtins');
const { hasListeners } = require('./emit');

class Inbox {
  constructor(handle) {
    this.handle = handle;
    this.queue = new DatagramQueue();
    this.taken = 0; // datagrams, or blocked ones
    this.iterators = []; // that have not ended
    this.waiting = []; // iterators that wait for a datagram, once for each
    this.limit = 0;
    this.isClosed = false; // the socket is
    this.onError = (err) => this.#fail(err);
  }

  // What came before the error is taken first.
  #fail(err) {
    const { iterators } = this;
    for (let i = 0; i < iterators.length; i++)
      iterators[i].fail(err, this.taken + this.queue.count);
  }

  #setLimit() {
    this.limit = 0;
    for (let i = 0; i < this.iterators.length; i++)
      if (this.iterators[i].limit > this.limit) this.limit = this.iterators[i].limit;
  }

  #begin() {
    const { handle, queue } = this;
    handle.socket.on('error', this.onError);
    handle.park(); // what follows the message that is being emitted
    if (handle.parked !== null) {
      if (hasListeners(handle)) queue.appendCopies(handle.parked);
      else queue.appendNew(handle.parked);
    }
    handle.receiveFor(this, false);
  }

  // The socket receives for an iterator, even if it was paused.
  add(iterator) {
    this.iterators[this.iterators.length] = iterator;
    this.#setLimit();
    if (this.iterators.length === 1) this.#begin();
    else this.handle.resume();
  }

  // Datagrams that listeners get are not kept. Without listeners, nothing is parked
  // twice.
  #end() {
    const { handle, queue } = this;
    const isListened = hasListeners(handle);
    handle.socket.removeListener('error', this.onError);
    handle.park();
    if (isListened) {
      handle.parked?.releaseLast(queue.countEmitted());
      queue.dropEmitted();
    }
    queue.forget();
    if (handle.parked !== null) {
      if (isListened) queue.appendAll(handle.parked);
      else queue.appendNew(handle.parked);
    }
    handle.parked = queue;
    handle.receiveFor(null, handle.paused || !isListened);
  }

  remove(iterator) {
    this.iterators = without(this.iterators, iterator);
    this.waiting = without(this.waiting, iterator);
    this.#setLimit();
    if (this.iterators.length === 0) this.#end();
  }

  // The socket is closed. What is here can still be taken.
  close() {
    this.isClosed = true;
    const { parked } = this.handle;
    if (parked !== null) this.queue.appendNew(parked);
    this.#serve();
    const { waiting } = this;
    for (let i = 0; i < waiting.length; i++) waiting[i].end();
  }

  wait(iterator) {
    this.waiting[this.waiting.length] = iterator;
  }

  append(list, isEmitted) {
    if (isEmitted) this.queue.appendEmitted(list);
    else this.queue.append(list);
    this.#serve();
  }

  #serve() {
    while (this.waiting.length > 0) {
      const datagram = this.take();
      if (datagram === null) return;
      shift(this.waiting).give(datagram);
    }
  }

  isAtLimit() {
    return this.queue.count >= this.limit;
  }

  // Returns [msg, rinfo]; null if there is none.
  take() {
    const { handle, queue } = this;
    for (;;) {
      const isEmitted = queue.first?.isEmitted;
      const datagram = queue.take();
      if (datagram === null) return null;
      this.taken++;
      if (handle.isFull && queue.count <= this.limit >> 1) handle.setFull(false);
      if (handle.blockList === null || !handle.isBlocked(datagram.rinfo))
        return [datagram.msg, datagram.rinfo];
      if (!isEmitted) handle.blocked++;
    }
  }
}

inheritNothing(Inbox);

module.exports = Inbox;
