'use strict';
// The option sendHighWaterMark: a limit for datagrams that wait to be sent.
//
// The rule. A datagram is counted, with its payload and OVERHEAD bytes, from the call
// that accepts it until its result is known: while it waits for a bind, a lookup or a
// tick, and while the addon keeps it because the kernel has no space. While the count is
// at or above the mark, datagrams are refused with ENOBUFS. After that, the socket emits
// 'drain' when the count has fallen below half of the mark.
//
// 'drain' is emitted in a tick, because the count falls inside calls, and in the async
// context of the creation, because datagrams of several contexts caused it. If the count
// has reached half of the mark again before that tick, the event waits until it falls
// again, which it always does.
const { AsyncResource } = require('node:async_hooks');
const { inheritNothing, runInAsyncScope } = require('./builtins');
const { bindIfUnbound, enqueue, whenBound } = require('./bind_queue');
const { complete, reportCompleted } = require('./transport').sendQueue;
const { nextTick } = require('./transport').ticks;
const { BOUND } = require('./state');

const OVERHEAD = 256; // bytes of a datagram besides its payload, as in the library

class HighWaterMark {
  constructor(state, bytes) {
    this.state = state; // of the socket
    this.bytes = bytes;
    this.count = 0; // bytes
    this.waiting = 0; // the part of `count` that waits for the bind
    this.needsDrain = false;
    this.isScheduled = false; // a tick will emit 'drain'
    this.refusal = null; // an error to emit after the bind
    this.resource = new AsyncResource('UDPDRAIN');
  }

  // Returns what a datagram counts for, or 0 if it must be refused.
  add(length) {
    if (this.count >= this.bytes) return 0;
    const size = length + OVERHEAD;
    this.count += size;
    if (this.count >= this.bytes) this.needsDrain = true;
    return size;
  }

  // The queue schedules the event: it may still have results to read first.
  subtract(size) {
    this.count -= size;
    if (!this.needsDrain || this.isScheduled || !this.isLow()) return;
    this.isScheduled = true;
    complete(this);
  }

  isLow() {
    return this.count < this.bytes / 2;
  }

  reportInContext() {
    runInAsyncScope(this.resource, nextTick, undefined, emitDrain, this);
  }

  // Returns whether to send a datagram of the request. Refused ones are reported to the
  // callback, or without one by 'error', as a failed lookup is.
  admit(request) {
    const refusal = request.enter(this);
    if (refusal === null) return true;
    if (request.callback === undefined) nextTick(emitRefusal, this, refusal);
    if (!request.isDone) return true;
    request.conclude();
    return false;
  }

  // The bind has ended. Datagrams that still wait for it are lost, as in Node.
  dropWaiting() {
    const { waiting } = this;
    this.waiting = 0;
    this.refusal = null;
    this.subtract(waiting);
    reportCompleted();
  }
}

inheritNothing(HighWaterMark);

function emitDrain(mark) {
  const { handle, socket } = mark.state;
  mark.isScheduled = false;
  if (handle === null || !mark.isLow()) return;
  mark.needsDrain = false;
  socket.emit('drain');
}

// An 'error' during the bind would end the bind and drop the calls that wait for it. So
// one error follows the bind, for all datagrams that were refused meanwhile.
function emitRefusal(mark, err) {
  const { queue, socket } = mark.state;
  if (queue === undefined) {
    socket.emit('error', err);
  } else if (mark.refusal === null) {
    mark.refusal = err;
    enqueue(socket, () => nextTick(emitRefusal, mark, err));
  }
}

// Calls start(request) as soon as the socket is bound, unless the request is refused.
function submit(request, start) {
  const { state } = request;
  const { highWaterMark: mark, socket } = state;
  if (mark === null) {
    whenBound(socket, () => start(request));
    return;
  }
  bindIfUnbound(socket);
  if (!mark.admit(request)) return;
  if (state.bindState === BOUND) {
    start(request);
    return;
  }
  const { size } = request;
  mark.waiting += size;
  enqueue(socket, () => {
    mark.waiting -= size;
    start(request);
  });
}

module.exports = { HighWaterMark, submit };
