'use strict';
// Receives datagrams, in the place of ../receive.js.
//
// The rule. What the host receives is emitted at once, unless it waits:
// - if there are listeners of 'messages', or iterators but no listeners, the datagrams of
//   a wake-up are collected. They are emitted in a setImmediate(), when the host has read
//   all of them;
// - if the socket is paused or stopped, but the host (Bun, Deno) still receives. At
//   most KEPT_MAX bytes are kept then, and the rest is dropped, as by the kernel;
// - if other datagrams wait.
// What waits is parked (a DatagramQueue). It is emitted in setImmediate(), each event in a
// callback of its own, in the async context of the creation.
const { AsyncResource } = require('node:async_hooks');
const { setImmediate } = require('node:timers');
const { copiesOf, emitMessage, emitParked, listenerCount, passTo } =
  require('../emit');
const DatagramQueue = require('../datagram_queue');
const { runInAsyncScope } = require('../builtins');

const KEPT_MAX = 1 << 20; // bytes
const OVERHEAD = 256; // of a datagram
const AT_ONCE = 32; // events of a loop iteration, as in Node

function keep(handle, msg, rinfo) {
  const size = msg.length + OVERHEAD;
  if (handle.kept + size > KEPT_MAX) {
    handle.counts.drop();
    return;
  }
  handle.kept += size;
  handle.parked ??= new DatagramQueue();
  handle.parked.append([{ msg, rinfo }]);
}

// Moves what was collected so far to what is parked.
function park(handle) {
  const { batch } = handle;
  if (batch === null) return;
  handle.batch = null;
  handle.parked ??= new DatagramQueue();
  handle.parked.append(batch);
}

function onImmediate(handle) {
  handle.immediates--;
  park(handle);
  if (handle.parked?.count > 0 && !handle.isStopped) deliver(handle);
}

function deliver(handle) {
  if (handle.inbox !== null && handle.inbox.isAtLimit()) {
    handle.setFull(true);
    return;
  }
  try {
    emitParked(handle);
  } finally {
    if (handle.parked.count === 0) handle.kept = 0;
    if (handle.immediates === 0 && !handle.isStopped) schedule(handle);
  }
}

// Delivers what is parked, soon.
function schedule(handle) {
  const count = handle.parked === null ? 0 : handle.parked.count;
  handle.resource ??= new AsyncResource('DATAGRAMS');
  runInAsyncScope(handle.resource, () => {
    for (; handle.immediates < count && handle.immediates < AT_ONCE; handle.immediates++)
      setImmediate(onImmediate, handle);
  });
}

function collect(handle, msg, rinfo) {
  if (handle.batch === null) {
    handle.batch = [];
    handle.immediates++;
    setImmediate(onImmediate, handle);
  }
  handle.batch[handle.batch.length] = { msg, rinfo };
}

const isCollected = ({ inbox, socket }) => listenerCount(socket, 'messages') > 0 ||
  (inbox !== null && listenerCount(socket, 'message') === 0);

// Called by the host for each datagram.
function onMessage(handle, msg, rinfo) {
  const { batch, parked } = handle;
  if (handle.isStopped) {
    handle.resource ??= new AsyncResource('DATAGRAMS');
    park(handle);
    keep(handle, msg, rinfo);
  } else if (batch !== null || isCollected(handle) ||
             (parked !== null && parked.count > 0)) {
    collect(handle, msg, rinfo);
  } else {
    if (handle.inbox !== null) {
      if (handle.inbox.isAtLimit()) {
        keep(handle, msg, rinfo);
        handle.setFull(true);
        return;
      }
      passTo(handle.inbox, copiesOf([{ msg, rinfo }]), true);
    }
    emitMessage(handle, msg, rinfo);
  }
}

module.exports = { onMessage, park, schedule };
