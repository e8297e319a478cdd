'use strict';
// The arrays that are shared with the addon, and what passes through them:
// datagrams out, many in one call, and datagrams in, many in one call.
const native = require('./native');

const SEND_FIELDS = 3;
const RECEIVE_FIELDS = 3;
const EMSGSIZE = -require('node:os').constants.errno.EMSGSIZE;
const PENDING = 0x7fffffff;
const PAYLOAD_MAX = 65527;
const POOL_SIZE = 65536;

const addresses = []; // texts of senders, set by the addon
const [sendMemory, sendFieldMemory, statusMemory, receiveMemory,
       receiveFieldMemory] =
  native.setup(addresses, onBatch, onError, onSent);
const sendSlab = Buffer.from(sendMemory);
const sendFields = new Int32Array(sendFieldMemory);
const status = new Int32Array(statusMemory);
const receiveSlab = Buffer.from(receiveMemory);
const receiveFields = new Int32Array(receiveFieldMemory);
const COUNT_MAX = status.length;

// ---- Out -------------------------------------------------------------------

// Destinations that the addon has parsed: address, then port, to index.
let destinations = new Map();
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
    if (index < 0) return index;
    ports.set(port, index);
  }
  lastAddress = address;
  lastPort = port;
  lastIndex = index;
  return index;
}

let filledHandle = null; // whose datagrams stand in the slab
let filled = []; // their requests
let used = 0; // bytes of the slab
let nextId = 0;
const waiting = new Map(); // requests whose result comes later

function finish(request, result) {
  request.status = result;
  request.done(request);
}

function flush() {
  const requests = filled;
  const handle = filledHandle;
  if (requests.length === 0) return;
  filled = [];
  filledHandle = null;
  used = 0;
  const err = native.flush(handle, requests.length);
  const results = status.slice(0, requests.length);
  for (let i = 0; i < requests.length; i++) {
    if (err < 0) finish(requests[i], err);
    else if (results[i] === PENDING) waiting.set(requests[i].id, requests[i]);
    else finish(requests[i], results[i]);
  }
}

function copy(view, at) {
  if (view.byteLength === 0) return 0;
  sendSlab.set(view instanceof Uint8Array ? view :
    new Uint8Array(view.buffer, view.byteOffset, view.byteLength), at);
  return view.byteLength;
}

// Puts a request among those that the next flush() sends: { parts, length,
// done, status }. `parts` is a view, or an array of views. `address` null: the
// peer. done(request) is called with its status within flush(), or later.
function put(handle, request, address, port) {
  const { parts, length } = request;
  let index = -1;
  if (address !== null) {
    index = destinationOf(address, port);
    if (index < 0) return finish(request, index);
  }
  if (length > PAYLOAD_MAX) return finish(request, EMSGSIZE);
  if (filledHandle !== handle || filled.length === COUNT_MAX ||
      used + length > sendSlab.length) {
    flush();
    filledHandle = handle;
  }
  const at = filled.length * SEND_FIELDS;
  request.id = nextId = (nextId + 1) & 0x3fffffff;
  sendFields[at] = length;
  sendFields[at + 1] = index;
  sendFields[at + 2] = request.id;
  if (Array.isArray(parts)) {
    for (const part of parts) used += copy(part, used);
  } else {
    used += copy(parts, used);
  }
  filled.push(request);
}

function onSent(wrapped, id, result) {
  const request = waiting.get(id);
  waiting.delete(id);
  if (request !== undefined) finish(request, result);
}

// ---- In --------------------------------------------------------------------

// Where the batch is that is being shown.
let position = 0;
let total = 0;
let offset = 0;

// Stands alone on its ArrayBuffer, as Node's do.
function standAlone(start, length) {
  const msg = length <= 64 ? Buffer.alloc(length) :
    Buffer.allocUnsafeSlow(length);
  if (length > 0) receiveSlab.copy(msg, 0, start, start + length);
  return msg;
}

let pool = Buffer.alloc(0);
let poolUsed = 0;

function fromPool(start, length) {
  if (poolUsed + length > pool.length) {
    pool = Buffer.allocUnsafeSlow(Math.max(POOL_SIZE, length));
    poolUsed = 0;
  }
  const msg = pool.subarray(poolUsed, poolUsed += length);
  receiveSlab.copy(msg, 0, start, start + length);
  return msg;
}

function infoOf(field) {
  const address = addresses[receiveFields[field + 1]];
  return {
    address,
    family: address.includes(':') ? 'IPv6' : 'IPv4',
    port: receiveFields[field + 2],
    size: receiveFields[field],
  };
}

function showAll(handle) {
  const list = new Array(total);
  const { socket } = handle;
  let start = 0;
  for (let i = 0; i < total; i++) {
    const field = i * RECEIVE_FIELDS;
    const length = receiveFields[field];
    list[i] = { msg: fromPool(start, length), rinfo: infoOf(field) };
    start += length;
  }
  const allowed = handle.blockList ?
    list.filter(({ rinfo }) => !handle.isBlocked(rinfo)) : list;
  if (allowed.length > 0)
    handle.resource.runInAsyncScope(socket.emit, socket, 'messages', allowed);
}

function showNext(handle) {
  const { socket } = handle;
  const field = position++ * RECEIVE_FIELDS;
  const length = receiveFields[field];
  const start = offset;
  offset += length;
  if (socket.listenerCount('message') === 0) return;
  const rinfo = infoOf(field);
  if (handle.blockList && handle.isBlocked(rinfo)) return;
  const msg = handle.pooled ? fromPool(start, length) :
    standAlone(start, length);
  handle.resource.runInAsyncScope(socket.emit, socket, 'message', msg, rinfo);
}

// A wake-up's datagrams stand in the arrays; count 0: go on with the next one.
// Each call shows one message, so that ticks and promise jobs that a listener
// queues run before the next. Returns whether there is more to show.
function onBatch(wrapped, count) {
  const { handle } = wrapped;
  if (count > 0) {
    position = offset = 0;
    total = handle.reading ? count : 0;
    if (total > 0 && handle.socket.listenerCount('messages') > 0) {
      showAll(handle);
      return handle.socket.listenerCount('message') > 0;
    }
  }
  if (position >= total || !handle.reading ||
      handle.socket.listenerCount('message') === 0)
    return false;
  showNext(handle);
  return position < total;
}

function onError(wrapped, errno) {
  const { handle } = wrapped;
  if (handle.reading) handle.onerror(errno);
}



module.exports = { PAYLOAD_MAX, flush, put };
