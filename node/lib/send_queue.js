'use strict';
// The queue of datagrams to be sent. The datagrams of all sockets of a thread pass
// through it, so its state is at module level.
//
// Order. Datagrams are in the order in which node:dgram passes them to the kernel. The
// first ones are ready: their bytes were copied to memory that the addon shares, at the
// moment at which node:dgram reads them. The others wait for their tick.
//
// When a datagram waits:
// - to a numeric address, from a socket that is not connected: until the next tick. The
//   first such tick makes all datagrams that wait ready. One waits for its own tick if its
//   socket runs code of the program first (a block list with a check() of its own), or is
//   being connected, after which the datagram cannot be sent;
// - to the peer of a connected socket, or to a name that has been resolved: not at all;
// - from a socket with `deferSends`, once it is ready: to the peer until the next tick;
//   without a callback and out of a 'message' listener until the messages of this
//   wake-up have been emitted.
//
// What sends: sendReady() passes everything that is ready to the kernel in one call.
// It runs at the end of each wait above. It runs earlier when a datagram of another
// socket becomes ready, when the memory is full, when a datagram cannot be sent, before a
// call that changes how datagrams are sent (close, connect, an option), and when a tick is
// overdue (ticks.js). The addon sends what is ready when the process or the thread ends.
//
// Results are reported in the order of the queue. A datagram that the kernel does not
// take at once stays with the addon, and its result follows when the kernel has accepted
// it. A callback runs one tick after the tick, or the call, that sent its datagram.
const { AsyncResource } = require('node:async_hooks');
const native = require('./addon');
const { FastBuffer, Map, isArray, typedArray } = require('./builtins');
const { TABLE_FULL, destinationOf, NOT_LATEST, latestIndex } = require('./destinations');
const { EMSGSIZE } = require('./errno');
const { indexOf } = require('./interfaces');
const { copy, lengthOf } = require('./views');
const { UNIX } = require('./state');
const { onOverdue, nextTick } = require('./ticks');

const FIELDS = 4; // of a datagram: length, destination, number, whether it has a row
const ROW_FIELDS = 5; // set, source address, interface, TOS, TTL: see src/send_info.c
const { min } = Math;
const PENDING = 0x7fffffff; // as a status: the result follows
const PAYLOAD_MAX = 65527;
const PARTS_MAX = 1024; // of one datagram, as in the kernel

const [payloadMemory, fieldMemory, statusMemory, deferredMemory] =
  native.setupSend(onResult);
const PAYLOADS_SIZE = payloadMemory.byteLength;
const payloads = new FastBuffer(payloadMemory);
const fields = new Int32Array(fieldMemory);
const status = new Int32Array(statusMemory);
const deferredCount = new Int32Array(deferredMemory);
const shared = new Int32Array(native.shared);
const EMITTING = 2; // of `shared`: messages are being emitted

// ---- The list of requests (request.js), linked by their `next` -----------------------

let first = null;
let lastReady = null; // null: none is ready
let last = null;

function append(request) {
  request.isWaiting = true;
  if (last === null) first = request;
  else last.next = request;
  last = request;
}

function insertReady(request) {
  if (lastReady === null) {
    request.next = first;
    first = request;
  } else {
    request.next = lastReady.next;
    lastReady.next = request;
  }
  if (last === lastReady) last = request;
  lastReady = request;
}

const firstWaiting = () => (lastReady === null ? first : lastReady.next);

function removeFirstWaiting() {
  const request = firstWaiting();
  if (lastReady === null) first = request.next;
  else lastReady.next = request.next;
  if (last === request) last = lastReady;
  request.next = null;
  request.isWaiting = false;
}

// Returns the first one.
function removeAllReady() {
  const request = first;
  first = lastReady.next;
  if (last === lastReady) last = null;
  lastReady.next = null;
  lastReady = null;
  return request;
}

// ---- What is ready -------------------------------------------------------------------

let handle = null; // of the addon: whose datagrams are ready
let count = 0; // datagrams
let used = 0; // bytes
let isDeferred = false; // the addon has recorded that they may wait
let nextNumber = 0;
let rows = null; // information of datagrams, once one has some

function totalOf(parts) {
  if (!isArray(parts)) return lengthOf(parts);
  let length = 0;
  for (let i = 0; i < parts.length; i++) length += lengthOf(parts[i]);
  return length;
}

function copyPayload(parts, length) {
  if (!isArray(parts)) {
    copy(payloads, used, parts, length);
    return;
  }
  let end = used;
  for (let i = 0; i < parts.length; i++) {
    const size = lengthOf(parts[i]);
    copy(payloads, end, parts[i], size);
    end += size;
  }
}

let timesFull = 0; // of the table of destinations

function destinationIndex(address, port) {
  const index = destinationOf(address, port);
  if (index !== TABLE_FULL) return index;
  timesFull++;
  sendReady();
  return destinationOf(address, port);
}

// What a datagram with information is sent with, as numbers. If the table was emptied in
// between, what was found before is invalid.
function numbersOf(address, port, { localAddress, interface: name }) {
  for (;;) {
    const before = timesFull;
    const numbers = {
      destination: address === null ? 0 : destinationIndex(address, port),
      source: localAddress === null ? 0 : destinationIndex(localAddress, 0),
      interface: name === null ? 0 : indexOf(name),
    };
    if (timesFull === before) return numbers;
  }
}

function addRow(info, numbers) {
  rows ??= new Int32Array(native.setupSendInfo());
  const at = count * ROW_FIELDS;
  rows[at] = info.set;
  rows[at + 1] = numbers.source;
  rows[at + 2] = numbers.interface;
  rows[at + 3] = info.typeOfService;
  rows[at + 4] = info.ttl;
}

function writeFields(length, index, hasRow) {
  const at = count * FIELDS;
  fields[at] = length;
  fields[at + 1] = index;
  fields[at + 2] = nextNumber = (nextNumber + 1) & 0x3fffffff;
  fields[at + 3] = hasRow ? 1 : 0;
}

// A Unix socket sends what its send buffer takes, as far as the memory suffices.
function payloadMaxOf({ handle: { family } }) {
  return family === UNIX ? PAYLOADS_SIZE : PAYLOAD_MAX;
}

// Makes a datagram of the request ready; a request calls this from its makeReady().
// `parts` is a view or an array of views, `address` null for the peer, `info` null or a
// SendInfo.
function addReady(request, owner, parts, address, port, info) {
  if (isArray(parts) && parts.length > PARTS_MAX)
    return refuse(request, EMSGSIZE);
  const length = totalOf(parts);
  let index = -1;
  let numbers = null;
  if (info !== null) {
    numbers = numbersOf(address, port, info);
    const err = min(numbers.destination, numbers.source, numbers.interface);
    if (err < 0) return refuse(request, err);
    if (address !== null) index = numbers.destination;
  } else if (address !== null) {
    index = destinationIndex(address, port);
    if (index < 0) return refuse(request, index);
  }
  if (length > PAYLOAD_MAX && length > payloadMaxOf(owner))
    return refuse(request, EMSGSIZE);
  // Again, as async hooks of the program may make others ready meanwhile.
  while (count > 0 && (handle !== owner || count === status.length ||
                       used + length > PAYLOADS_SIZE))
    sendReady();
  handle = owner;
  writeFields(length, index, info !== null);
  if (info !== null) addRow(info, numbers);
  copyPayload(parts, length);
  used += length;
  count++;
  if (lastReady !== request) insertReady(request);
  request.readyCount++;
}

// addReady() for the common case: a typed array to the latest destination, which needs only
// to be copied. Returns false, and does nothing, in any other case.
function addView(owner, view, address, port) {
  if (handle !== owner || count === status.length) return false;
  if (typedArray.kind(view) === undefined) return false;
  const index = address === null ? -1 : latestIndex(address, port);
  if (index === NOT_LATEST) return false;
  const length = typedArray.byteLength(view);
  if (length > PAYLOAD_MAX || length > PAYLOADS_SIZE - used) return false;
  writeFields(length, index, false);
  copy(payloads, used, view, length);
  used += length;
  count++;
  return true;
}

// Makes datagrams of the request ready, from the position `from` on, while addView() can.
// Returns the position of the first one that it cannot.
function addViews(request, owner, views, from, address, port) {
  let i = from;
  while (i < views.length && addView(owner, views[i], address, port)) i++;
  if (i > from && lastReady !== request) insertReady(request);
  request.readyCount += i - from;
  return i;
}

// Makes waiting requests ready, from `request` up to `end`, while addView() can. They keep
// their place in the list.
function addWaiting(request, end) {
  let ready = lastReady;
  for (; request !== null && ready !== end; request = request.next) {
    const { state } = request;
    // `info` of a Group is undefined.
    const isPlain = request.info === null && state.sendBlockList === null &&
      !request.hasOwnTick;
    if (!isPlain || !state.handle ||
        !addView(state.handle.native, request.parts, request.to, request.port))
      break;
    request.isWaiting = false;
    request.readyCount = 1;
    ready = request;
  }
  lastReady = ready;
}

// Reports a datagram that cannot be sent, after those that became ready before it.
function refuse(request, code) {
  sendReady();
  request.finish(code);
  reportCompleted();
}

function sendReady() {
  if (count === 0) return;
  const requests = removeAllReady();
  reportStatus(requests, flush());
  reportResults();
}

// Passes what is ready to the kernel. Returns undefined, or the code that all of it failed
// with.
function flush() {
  const owner = handle;
  const total = count;
  handle = null;
  count = 0;
  used = 0;
  isDeferred = false;
  isSending = true;
  const code = native.flush(owner, total, owner.external);
  isSending = false;
  return code;
}

// Before a call that would change how the ready datagrams of the handle leave.
function sendReadyOf(owner) {
  if (handle === owner) sendReady();
}

// What is ready may wait for the next sendReady(). The addon sends it when the process
// or the thread ends before that, or when the program runs the loop itself.
function deferReady() {
  if (count === 0) return;
  if (!isDeferred) native.defer(handle);
  isDeferred = true;
  deferredCount[0] = count;
}

// ---- Results -------------------------------------------------------------------------

let isSending = false; // in the addon: no code of the program may run
let results = []; // that came meanwhile, for earlier datagrams: number, status
const pending = new Map(); // by number: datagrams that the kernel has not taken
let completed = []; // requests that waited for their last result

// `code`: the result of flush().
function reportStatus(requests, code) {
  let i = 0;
  for (let request = requests; request !== null;) {
    const { next } = request;
    request.next = null;
    const end = i + request.readyCount;
    request.readyCount = 0;
    for (; i < end; i++) reportOne(request, i, code);
    request = next;
  }
}

function reportOne(request, i, code) {
  if (code !== undefined) request.finish(code);
  else if (status[i] === PENDING) addPending(request, i * FIELDS);
  else request.finish(status[i]);
}

function addPending(request, at) {
  const position = request.finishLater();
  pending.set(fields[at + 2], { request, length: fields[at], position });
}

function onResult(wrapped, number, code) {
  results[results.length] = number;
  results[results.length] = code;
  if (!isSending) reportResults();
}

function reportResults() {
  for (let i = 0; i < results.length; i += 2) {
    const found = pending.get(results[i]);
    pending.delete(results[i]);
    found?.request.finish(results[i + 1], found.length, found.position);
  }
  if (results.length > 0) results = [];
  reportCompleted();
}

// Reporting runs async hooks of the program, which may send. So it waits until all
// results have been read.
const newContext = () => new AsyncResource('UDPSENDWRAP');

function complete(request) {
  completed[completed.length] = request;
}

function reportCompleted() {
  if (completed.length === 0) return;
  const requests = completed;
  completed = [];
  for (let i = 0; i < requests.length; i++) requests[i].reportInContext();
}

// ---- Ways into the queue -------------------------------------------------------------

// Sends the request now.
function sendNow(request) {
  if (!sendAlone(request)) {
    request.makeReady();
    sendReady();
  }
  request.conclude();
}

// sendNow() for the common case: a typed array to the peer, while nothing is ready. The
// request does not enter the list. Returns false, and does nothing, in any other case.
function sendAlone(request) {
  // `info` of a Group is undefined.
  if (count > 0 || request.to !== null || request.info !== null) return false;
  handle = request.state.handle.native;
  if (!addView(handle, request.parts, null, null)) {
    handle = null;
    return false;
  }
  reportOne(request, 0, flush());
  reportResults();
  return true;
}

// Sends the request in the next tick. Each has a tick of its own, so that none depends
// on a tick that never runs. An async hook that sends when the tick is created precedes.
function sendInTick(request) {
  nextTick(onTick, request);
  append(request);
}

function onTick(request) {
  if (request.isWaiting) sendWaiting(request);
  request.conclude();
}

// Makes the requests ready that wait, in the tick of one of them, and sends them.
function sendWaiting(own) {
  const end = last; // what is added meanwhile has a tick to come
  let mayDefer = shared[EMITTING] > 0;
  try {
    for (let request, done = false; !done && (request = firstWaiting()) !== null;) {
      if (!mayDefer) {
        addWaiting(request, end);
        if (lastReady === end) break;
        request = firstWaiting();
      }
      const { state, hasOwnTick } = request;
      if (hasOwnTick && request !== own) break;
      removeFirstWaiting();
      done = hasOwnTick || request === end;
      mayDefer &&= state.deferSends && request.callback === undefined;
      if (hasOwnTick) sendReady();
      // As in Node, close() in the same tick loses the datagram.
      if (state.handle) request.makeReady();
    }
  } finally {
    if (mayDefer) deferReady();
    else sendReady();
  }
}

// Reads the request's bytes now and sends them in the next tick, for `deferSends`.
function deferToTick(request) {
  request.makeReady();
  deferReady();
  nextTick(onDeferredTick, request);
}

// The callback runs in this tick, as without deferSends.
function onDeferredTick(request) {
  sendReady();
  if (request.isDone && request.callback) request.callBack();
  else request.conclude();
}

onOverdue(sendReady);

module.exports = {
  addReady, addViews, complete, deferToTick, newContext, refuse, reportCompleted, sendInTick,
  sendNow, sendReady, sendReadyOf, totalOf,
};
