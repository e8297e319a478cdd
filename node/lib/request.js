'use strict';
// One call of send() or sendMany(), from the call to its callback.
//
// The queue (send_queue.js) asks a request to make its datagrams ready, and gives it the
// result of each: finish(bytes or code), or finishLater() and then finish(bytes or
// code, length, what finishLater() returned).
const { apply, inheritNothing, runInAsyncScope } = require('./builtins');
const { EINVAL, ENOBUFS } = require('./errno');
const { blocked, hostPortError } = require('./errors');
const { isBlockedBy } = require('./block_lists');
const isIP = require('./is_ip');
const { CONNECTED, UNIX } = require('./state');
const { nextTick } = require('./transport').ticks;
const queue = require('./transport').sendQueue;

class Request {
  constructor(state, callback) {
    this.state = state; // of the socket
    this.callback = callback;
    this.next = null; // the request behind it in the queue
    this.isWaiting = false; // in the queue, for a tick
    this.hasOwnTick = false; // not made ready in the tick of another request
    this.readyCount = 0; // datagrams in the queue that are ready
    this.isPending = false; // results follow
    this.isDone = false; // all results are known
    this.size = 0; // bytes that it counts for, with a high-water mark
    this.resource = null; // the context of the callback, if results follow
  }

  // All results are known.
  end() {
    this.isDone = true;
    if (this.size !== 0) this.release();
    if (this.resource) queue.complete(this);
  }

  // It does not count for the high-water mark any longer.
  release() {
    const { size } = this;
    this.size = 0;
    this.state.highWaterMark.subtract(size);
  }

  // No result will follow.
  abandon() {
    if (this.size === 0) return;
    this.release();
    queue.reportCompleted();
  }

  // Reports in the context of the call.
  reportInContext() {
    runInAsyncScope(this.resource, this.report, this);
  }

  // Calls back in this tick.
  callBack() {
    this.report(callNow);
  }

  // Called once, in the context of the call, when the request has been sent: reports
  // now or when the results are known. As in Node, a request that a close overtook is
  // never reported.
  conclude() {
    if (this.callback === undefined) return;
    if (this.isDone) this.report();
    else if (this.isPending) this.resource = queue.newContext();
  }
}

inheritNothing(Request);

// As in Node, the error is then the wrong family, and not that the socket is connected.
function isOfOther({ family }, address) {
  return family !== UNIX && isIP(address) !== family;
}

// One datagram, of send().
class Datagram extends Request {
  constructor(state, parts, port, address, callback, info = null) {
    super(state, callback);
    this.parts = parts;
    this.info = info; // null or a SendInfo
    this.port = port;
    this.address = address; // as the program gave it
    this.to = undefined; // the numeric address; null: the peer
    this.error = null; // other than of a system call
    this.status = 0; // bytes, or a code
    this.length = -1; // bytes, if the kernel did not accept it at once
  }

  // Returns null, or an error if the high-water mark is reached.
  enter(mark) {
    this.size = mark.add(queue.totalOf(this.parts));
    if (this.size !== 0) return null;
    this.status = ENOBUFS;
    this.isDone = true;
    return this.error = this.errorOf();
  }

  isBlocked() {
    try {
      return isBlockedBy(this.state.sendBlockList, this.to);
    } catch (err) {
      this.abandon();
      throw err;
    }
  }

  makeReady() {
    const { state, to } = this;
    if (to !== null && this.isBlocked()) {
      state.handle.blocked++;
      this.fail(blocked(to));
    } else if (to !== null && state.connectState === CONNECTED && isOfOther(state, to)) {
      queue.refuse(this, EINVAL);
    } else {
      queue.addReady(this, state.handle.native, this.parts, to, this.port, this.info);
    }
  }

  finishLater() {
    this.isPending = true;
  }

  finish(status, length = -1) {
    this.status = status;
    this.length = length;
    this.end();
  }

  fail(error) {
    this.error = error;
    queue.refuse(this, -1);
  }

  // Whether a failure is reported to a callback.
  hasCallback() {
    return this.callback !== undefined;
  }

  errorOf() {
    if (this.error !== null) return this.error;
    return this.to === null ? hostPortError(this.status, 'send') :
      hostPortError(this.status, 'send', this.address, this.port);
  }

  // Calls back in the next tick.
  report(call = nextTick) {
    const { callback, status, length } = this;
    if (status >= 0) call(callback, null, status);
    else if (length >= 0) call(callback, this.errorOf(), length);
    else call(callback, this.errorOf());
  }
}

function callNow(callback, ...args) {
  apply(callback, undefined, args);
}

module.exports = { Datagram, Request };
