'use strict';
// Emits received datagrams, except those that a block list stops.
const { EventEmitter } = require('node:events');
const { FastBuffer, uncurryThis } = require('./builtins');
const { counters } = require('./transport');

const RUNNING = 1; // calls of listeners that have not returned

const listenerCount = uncurryThis(EventEmitter.prototype.listenerCount);

// Whether the program receives datagrams by events.
const hasListeners = (handle) => listenerCount(handle.socket, 'message') > 0 ||
  listenerCount(handle.socket, 'messages') > 0;

function withoutBlocked(handle, list) {
  const allowed = [];
  for (let i = 0; i < list.length; i++)
    if (!handle.isBlocked(list[i].rinfo)) allowed[allowed.length] = list[i];
  return allowed;
}

// isLast: they are not emitted as 'message' afterwards.
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

// Returns false if there is no listener of 'message'.
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

// Passes datagrams to the iterators. isEmitted: they are emitted, too.
function passTo(inbox, list, isEmitted) {
  counters[RUNNING]++;
  inbox.append(list, isEmitted);
  counters[RUNNING]--;
}

// ---- Parked datagrams (a DatagramQueue): received, but not emitted yet ---------------

// Listeners may write to their payloads, so iterators get copies.
function copiesOf(list) {
  const copies = [];
  for (let i = 0; i < list.length; i++)
    copies[i] = { msg: new FastBuffer(list[i].msg), rinfo: list[i].rinfo };
  return copies;
}

// Passes the first parked group to the iterators. Returns whether it is emitted, too.
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

// Emits the next parked datagram as 'message', or a group of them as 'messages'.
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
