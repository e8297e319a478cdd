'use strict';
// Emits received datagrams, except those that a block list stops.
const { EventEmitter } = require('node:events');
const { FastBuffer, uncurryThis } = require('./builtins');
const { counters } = require('./transport');

const RUNNING = 1; // calls of listeners that have not returned

const listenerCount = uncurryThis(EventEmitter.prototype.listenerCount);

// Whether the program gets datagrams by events.
const hasListeners = (handle) => listenerCount(handle.socket, 'message') > 0 ||
  listenerCount(handle.socket, 'messages') > 0;

function withoutBlocked(handle, list) {
  const left = [];
  for (let i = 0; i < list.length; i++)
    if (!handle.isBlocked(list[i].rinfo)) left[left.length] = list[i];
  return left;
}

// isLast: they are not emitted as 'message' as well.
function emitMessages(handle, list, isLast) {
  counters[RUNNING]++;
  if (handle.blockList) {
    const { length } = list;
    list = withoutBlocked(handle, list);
    if (isLast) handle.blocked += length - list.length;
  }
  if (list.length > 0) handle.socket.emit('messages', list);
  counters[RUNNING]--;
}

// Returns false if nobody listens.
function emitMessage(handle, msg, rinfo) {
  let result = true;
  counters[RUNNING]++;
  if (!handle.blockList || !handle.isBlocked(rinfo))
    result = handle.socket.emit('message', msg, rinfo);
  else
    handle.blocked++;
  counters[RUNNING]--;
  return result;
}

// Passes datagrams to the iterators. isEmitted: listeners get them, too.
function passTo(inbox, list, isEmitted) {
  counters[RUNNING]++;
  inbox.append(list, isEmitted);
  counters[RUNNING]--;
}

// ---- What a paused socket has kept (a DatagramQueue) --------------------------------

// Listeners may write to a payload that they got.
function copiesOf(list) {
  const copies = [];
  for (let i = 0; i < list.length; i++)
    copies[i] = { msg: new FastBuffer(list[i].msg), rinfo: list[i].rinfo };
  return copies;
}

// Passes a parked group, which no iterator has got. Returns whether listeners get it,
// too.
function passParked(handle) {
  const { parked } = handle;
  const isEmitted = hasListeners(handle);
  parked.first.isPassed = true;
  const list = isEmitted ? copiesOf(parked.copyGroup()) : parked.takeGroup();
  if (!isEmitted) handle.countParked();
  passTo(handle.inbox, list, isEmitted);
  return isEmitted;
}

function emitAllParked(handle) {
  const { parked } = handle;
  const isLast = listenerCount(handle.socket, 'message') === 0;
  parked.first.isListed = true;
  const list = isLast ? parked.takeGroup() : parked.copyGroup();
  handle.countParked();
  emitMessages(handle, list, isLast);
}

// Emits the next event of what is parked.
function emitParked(handle) {
  const { parked } = handle;
  if (handle.inbox !== null && !parked.first.isPassed && !passParked(handle)) return;
  if (!parked.first.isListed && listenerCount(handle.socket, 'messages') > 0) {
    emitAllParked(handle);
    return;
  }
  const { msg, rinfo } = parked.take();
  emitMessage(handle, msg, rinfo);
}

module.exports = {
  copiesOf, emitMessage, emitMessages, emitParked, hasListeners, listenerCount, passTo,
};
