'use strict';
// Datagrams on their way out. They are laid one behind the other into memory that
// the addon sees, and one call hands all of them over.
const native = require('./native');
const { FastBuffer, Map, isArray, strings } = require('./builtins');
const { copy, lengthOf } = require('./views');
const { constants: { errno } } = require('node:os');
const { onLateTurn } = require('./ticks');

const FIELDS = 3; // length, destination, request
const EMSGSIZE = -errno.EMSGSIZE;
const PENDING = 0x7fffffff;
const PAYLOAD_MAX = 65527;
const PARTS_MAX = 1024; // as the system has it

const [payloadMemory, fieldMemory, statusMemory, heldMemory] =
  native.setupSend(onSent);
const PAYLOADS_SIZE = payloadMemory.byteLength;
const payloads = new FastBuffer(payloadMemory);
const fields = new Int32Array(fieldMemory);
const status = new Int32Array(statusMemory);
const heldCount = new Int32Array(heldMemory);

// ---- Destinations that the addon has parsed ---------------------------------------

let destinations = new Map(); // address, to a map of port to index
let lastAddress, lastPort, lastIndex;

function destinationOf(address, port) {
  if (address === lastAddress && port === lastPort) return lastIndex;
  let ports = destinations.get(address);
  if (ports === undefined) destinations.set(address, ports = new Map());
  let index = ports.get(port);
  if (index === undefined) {
    index = native.destination(address, port);
    if (index === -1) {
      // Too many: the addon has forgotten all, and so do we. What stands in
      // the fields names old ones, so it leaves first.
      flush();
      destinations = new Map();
      lastAddress = undefined;
      return destinationOf(address, port);
    }
    // An interface that is made anew has its name, and not its number: a zone is
    // looked up at each send.
    if (index < 0 || strings.includes(address, '%')) return index;
    ports.set(port, index);
  }
  lastAddress = address;
  lastPort = port;
  lastIndex = index;
  return index;
}

// ---- Filling and handing over -------------------------------------------------------

let filledHandle = null; // whose datagrams stand in the memory
let filled = []; // the request of each
let used = 0; // bytes
let nextId = 0;
let isHeld = false; // the addon knows that they wait here
let isFlushing = false; // within the addon: nothing of the program may run
let late = []; // what came meanwhile for those that waited: id, result
const waiting = new Map(); // those whose result comes later: request, length

function wait(request, field) {
  const which = request.wait();
  waiting.set(fields[field + 2], { request, length: fields[field], which });
}

function flush() {
  const requests = filled;
  if (requests.length === 0) return;
  const handle = filledHandle;
  filled = [];
  filledHandle = null;
  used = 0;
  isHeld = false;
  isFlushing = true;
  const err = native.flush(handle, requests.length);
  isFlushing = false;
  for (let i = 0; i < requests.length; i++) {
    const request = requests[i];
    if (err < 0) request.finish(err);
    else if (status[i] === PENDING) wait(request, i * FIELDS);
    else request.finish(status[i]);
  }
  if (late.length > 0) finishAllLate();
}

function totalOf(parts) {
  if (!isArray(parts)) return lengthOf(parts);
  let length = 0;
  for (let i = 0; i < parts.length; i++) length += lengthOf(parts[i]);
  return length;
}

// A datagram that cannot leave: told behind those that were put before it.
function refuse(request, code) {
  flush();
  request.finish(code);
}

// Puts a datagram behind those that the next flush() hands over. `parts` is a
// view or an array of views, `address` null for the peer. The request learns by
// finish(bytes or code) within flush(), or by wait() that it will learn later, by
// finish(bytes or code, length, what wait() returned).
function put(handle, request, parts, address, port) {
  if (isArray(parts) && parts.length > PARTS_MAX)
    return refuse(request, EMSGSIZE);
  const length = totalOf(parts);
  let index = -1;
  if (address !== null) {
    index = destinationOf(address, port);
    if (index < 0) return refuse(request, index);
  }
  if (length > PAYLOAD_MAX) return refuse(request, EMSGSIZE);
  if (filledHandle !== handle || filled.length === status.length ||
      used + length > PAYLOADS_SIZE) {
    flush();
    filledHandle = handle;
  }
  const at = filled.length * FIELDS;
  fields[at] = length;
  fields[at + 1] = index;
  fields[at + 2] = nextId = (nextId + 1) & 0x3fffffff;
  if (isArray(parts)) {
    let end = used;
    for (let i = 0; i < parts.length; i++) {
      const size = lengthOf(parts[i]);
      copy(payloads, end, parts[i], size);
      end += size;
    }
  } else {
    copy(payloads, used, parts, length);
  }
  used += length;
  filled[filled.length] = request;
}

function finishLate(id, result) {
  const found = waiting.get(id);
  waiting.delete(id);
  found?.request.finish(result, found.length, found.which);
}

function finishAllLate() {
  const pairs = late;
  late = [];
  for (let i = 0; i < pairs.length; i += 2) finishLate(pairs[i], pairs[i + 1]);
}

function onSent(wrapped, id, result) {
  if (isFlushing) {
    late[late.length] = id;
    late[late.length] = result;
  } else {
    finishLate(id, result);
  }
}

// ---- Sockets that defer what they send -----------------------------------------------

const shared = new Int32Array(native.shared);
const SHOWING = 2;

// What was put may wait here for the next flush(). It leaves all the same when the
// process ends before, or when somebody runs a loop of his own.
function hold() {
  if (filled.length === 0) return;
  if (!isHeld) native.hold(filledHandle);
  isHeld = true;
  heldCount[0] = filled.length;
}

// Whether messages are shown; the addon then flushes.
const isShowing = () => shared[SHOWING] > 0;

onLateTurn(flush);

// Before anything changes that the way of its datagrams depends on.
function flushFor(handle) {
  if (handle === filledHandle) flush();
}

module.exports = {
  flush, flushFor, hold, isShowing, put, refuse,
};
