'use strict';
// Receives and emits datagrams.
//
// The rule. The datagrams of one wake-up of a socket are received into a slab of memory.
// Each loop iteration emits up to 32 of them for a socket, as Node does. The others wait
// in their slab for the next iterations, and the socket is not read meanwhile. They are
// emitted in the order of their arrival, and dropped only if the socket is closed. Only
// when every slab is in use, or reading fails, more of them are emitted at once.
// Listeners of 'messages' get a whole slab before the first of its 'message' events.
// A paused socket emits none: what it has received is parked (a DatagramQueue), so that
// the slabs are free for other sockets, and is emitted first when the socket resumes.
// Iterators get a whole slab at once, too (inbox.js).
//
// Ticks and promise jobs that a listener queued run before the next datagram, as in Node.
// No exception is caught here. The addon reports it, so that
// --abort-on-uncaught-exception aborts where it was thrown.
//
// The state is at module level, because all sockets of a thread share the slabs.
const native = require('./addon');
const DatagramQueue = require('./datagram_queue');
const pathError = require('./path_errors');
const sendQueue = require('./send_queue');
const {
  emitMessage, emitMessages, emitParked, hasListeners, listenerCount, passTo,
} = require('./emit');
const { inContext } = require('./context');
const isNested = require('./nested');
const { ALL } = require('./info_flags');
const Rows = require('./receive_info');
const { FastBuffer, bufferLength, inheritNothing, runInAsyncScope, setBytes } =
  require('./builtins');
const { runTicks } = require('./ticks');
const { Array, Int32Array } = globalThis;

// The fields of a slab: a header, then those of each datagram.
const POSITION = 0; // of the next datagram to emit
const STAGE = 1; // 0, or flags
const BATCH = 2; // differs from that of the slab's last use
const COUNT = 3; // datagrams
const HEADER = 4;
const LENGTH = 0;
const ADDRESS = 1; // index in `addresses`; -1: the text is in the slab's `texts`
const PORT = 2;
const OFFSET = 3; // of the payload
const FIELDS = 4;
const PORT_MASK = 0xffff; // of a port field
const PORT_IS_IPV6 = 0x10000; // a flag of a port field
const NO_PORT = -1; // a port field: the sender is a Unix socket

// Flags of a stage.
const BEGUN = 1; // emitting has begun
const LISTED = 2; // all were emitted as 'messages'
const PASSED = 4; // to iterators, all that were not emitted before

const POOL_SIZE = 65536;
const COPY_MAX = 32; // bytes that are faster to copy one by one

const addresses = []; // texts, set by the addon
const memories = []; // of slabs, set by the addon
const slabs = { __proto__: null }; // by index
const shared = new Int32Array(native.shared);
const SLAB = 0; // whose datagram is emitted next; -1: a parked one
const RUNNING = 1; // calls of listeners that have not returned
const LEFT = 4; // datagrams that the call may emit
native.setupReceive(addresses, memories, onMessages, sendQueue.sendReady,
                    inContext(onError), onException, isNested);
native.setupPathErrors(inContext(onPathError));

// A listener may run the loop, which emits the rest of the slab and fills it with
// another batch. So a position is advanced before a listener runs, and not read after
// it.
class Slab {
  constructor(arrays) {
    const { payloads, fields, texts } = arrays;
    this.arrays = arrays; // to which the addon may add
    this.rows = null; // of information, once a socket asked for it
    this.memory = payloads;
    this.bytes = new FastBuffer(payloads);
    this.fields = new Int32Array(fields);
    this.texts = texts; // addresses that are not in `addresses`, by position
    this.batch = -1;
    this.begin();
  }

  begin() {
    this.pooledEnd = 0; // offset behind the payloads that were copied to the pool
    this.pool = null;
    this.shift = 0; // from an offset here to one in the pool
  }

  info(position) {
    const { fields } = this;
    const field = HEADER + position * FIELDS;
    const index = fields[field + ADDRESS];
    const address = index < 0 ? this.texts[position] : addresses[index];
    return {
      address,
      family: (fields[field + PORT] & PORT_IS_IPV6) === 0 ? 'IPv4' : 'IPv6',
      port: fields[field + PORT] & PORT_MASK,
      size: fields[field + LENGTH],
    };
  }

  // The same with all that the socket asked for.
  fullInfo(position, asked) {
    const rinfo = this.info(position);
    if (this.fields[HEADER + position * FIELDS + PORT] === NO_PORT) {
      rinfo.family = 'unix';
      rinfo.port = 0;
    }
    if ((asked & ALL) === 0) return rinfo;
    if (this.rows === null) {
      if (this.arrays.infos === undefined) return rinfo; // without memory
      this.rows = new Rows(this.arrays, addresses);
    }
    return this.rows.addTo(rinfo, position);
  }

  // The payload and the rinfo of a 'message' event.
  msgFor(handle, position) {
    const length = this.fields[HEADER + position * FIELDS + LENGTH];
    return handle.pooled ? this.takePooled(position, length) :
      this.takeCopy(position, length);
  }

  rinfoFor(handle, position) {
    return handle.recvInfo === 0 ? this.info(position) :
      this.fullInfo(position, handle.recvInfo);
  }

  offsetOf(position) {
    return this.fields[HEADER + position * FIELDS + OFFSET];
  }

  // A payload, on an ArrayBuffer of its own as in Node.
  takeCopy(position, length) {
    const start = this.offsetOf(position);
    const msg = new FastBuffer(length);
    if (length > COPY_MAX) {
      setBytes(msg, new FastBuffer(this.memory, start, length));
    } else {
      for (let i = 0; i < length; i++) msg[i] = this.bytes[start + i];
    }
    return msg;
  }

  // The next payload, as a view of the pool unless it is too long for it.
  takePooled(position, length) {
    const start = this.offsetOf(position);
    // The program may have detached the pool: its messages are views of it.
    if (start + length > this.pooledEnd || this.pool === null ||
        bufferLength(this.pool) === 0) {
      if (length > POOL_SIZE) return this.takeCopy(position, length);
      copyToPool(this, position, start, length);
    }
    return this.view(position);
  }

  // A payload that was copied to the pool.
  view(position) {
    const field = HEADER + position * FIELDS;
    return new FastBuffer(this.pool, this.fields[field + OFFSET] + this.shift,
                          this.fields[field + LENGTH]);
  }
}

inheritNothing(Slab);

function slabAt(index) {
  const slab = slabs[index] ??= new Slab(memories[index]);
  const batch = slab.fields[BATCH];
  if (slab.batch !== batch) {
    slab.batch = batch;
    slab.begin();
  }
  return slab;
}

// ---- The pool -----------------------------------------------------------------------

// A message that the program keeps references one block of the pool, no more.
let pool = new FastBuffer(0).buffer;
let poolBytes = new FastBuffer(pool);
let poolUsed = 0;

// Copies payloads to the pool, from the one at `start` on: those that follow it without
// a gap, as many as the pool has space for.
function copyToPool(slab, position, start, length) {
  if (bufferLength(pool) === 0 || poolUsed + length > POOL_SIZE) {
    pool = native.newBlock() ?? new FastBuffer(POOL_SIZE).buffer;
    poolBytes = new FastBuffer(pool);
    poolUsed = 0;
  }
  const space = POOL_SIZE - poolUsed;
  let size = length;
  for (let i = position + 1; i < slab.fields[COUNT]; i++) {
    const more = slab.fields[HEADER + i * FIELDS + LENGTH];
    if (size + more > space || slab.offsetOf(i) !== start + size) break;
    size += more;
  }
  setBytes(poolBytes, new FastBuffer(slab.memory, start, size), poolUsed);
  slab.pool = pool;
  slab.shift = poolUsed - start;
  slab.pooledEnd = start + size;
  poolUsed += size;
}

// ---- Events -------------------------------------------------------------------------

// Returns all datagrams that are left in the slab. Consecutive ones of one sender and one
// size share their rinfo, unless they have different information.
function listOf(slab, asked) {
  const { fields } = slab;
  const asksInfo = (asked & ALL) !== 0;
  const first = fields[POSITION];
  const list = new Array(fields[COUNT] - first);
  let rinfo = null;
  for (let i = first; i < fields[COUNT]; i++) {
    const field = HEADER + i * FIELDS;
    const length = fields[field + LENGTH];
    if (rinfo === null || rinfo.size !== length || fields[field + ADDRESS] < 0 ||
        fields[field + ADDRESS] !== fields[field + ADDRESS - FIELDS] ||
        fields[field + PORT] !== fields[field + PORT - FIELDS] ||
        (asksInfo && !slab.rows?.continues(i)))
      rinfo = asked === 0 ? slab.info(i) : slab.fullInfo(i, asked);
    const end = fields[field + OFFSET] + length;
    const msg = i > first && end <= slab.pooledEnd ? slab.view(i) :
      slab.takePooled(i, length);
    list[i - first] = { msg, rinfo };
  }
  return list;
}

function emitAll(handle, slab) {
  const list = listOf(slab, handle.recvInfo);
  slab.begin(); // for the listeners of 'message'
  slab.fields[STAGE] |= LISTED;
  const isLast = listenerCount(handle.socket, 'message') === 0;
  if (isLast) slab.fields[POSITION] = slab.fields[COUNT];
  emitMessages(handle, list, isLast);
}

function emitNext(handle, slab) {
  const { fields } = slab;
  const position = fields[POSITION]++;
  const rinfo = slab.rinfoFor(handle, position);
  const result = emitMessage(handle, slab.msgFor(handle, position), rinfo);
  if (result !== false || (fields[STAGE] & LISTED) !== 0 ||
      fields[POSITION] !== position + 1 || listenerCount(handle.socket, 'messages') === 0)
    return;
  // The program has exchanged a listener of 'message' for one of 'messages'.
  fields[POSITION] = position;
  emitAll(handle, slab);
}

// What is left in a slab, as 'message' events would have it.
function restOf(handle, slab) {
  const { fields } = slab;
  const list = [];
  for (let i = fields[POSITION]; i < fields[COUNT]; i++)
    list[list.length] = { msg: slab.msgFor(handle, i), rinfo: slab.rinfoFor(handle, i) };
  return list;
}

// Parks what is left in the slabs of a socket.
function park(handle) {
  let index;
  while ((index = native.takeSlab(handle.native)) >= 0) {
    const slab = slabAt(index);
    const { fields } = slab;
    handle.parked ??= new DatagramQueue();
    handle.parked.append(restOf(handle, slab), (fields[STAGE] & LISTED) !== 0,
                         (fields[STAGE] & PASSED) !== 0);
    fields[POSITION] = fields[COUNT];
  }
}

// Passes all datagrams of a slab to the iterators. Returns whether listeners get them,
// too.
function passSlab(handle, slab) {
  const isEmitted = hasListeners(handle);
  const list = restOf(handle, slab);
  slab.fields[STAGE] |= PASSED;
  if (isEmitted) slab.begin();
  else slab.fields[POSITION] = slab.fields[COUNT];
  passTo(handle.inbox, list, isEmitted);
  return isEmitted;
}

function emitSlab(handle, slab) {
  if (handle.inbox !== null && !passSlab(handle, slab)) return;
  if (listenerCount(handle.socket, 'messages') > 0) emitAll(handle, slab);
  else emitNext(handle, slab);
}

// Emits the next datagram of a slab; the first call for a slab may emit all of them as
// 'messages'.
function emitFrom(handle, slab) {
  const { fields } = slab;
  if (fields[STAGE] !== 0) {
    emitNext(handle, slab);
  } else {
    fields[STAGE] = BEGUN;
    emitSlab(handle, slab);
  }
}

// Whether the slab still has this batch, and its next datagram may be emitted now.
function hasNext(handle, slab, batch) {
  const { fields } = slab;
  return fields[BATCH] === batch && fields[POSITION] < fields[COUNT] &&
    handle.reading && !handle.paused && handle.inbox === null;
}

// Emits up to shared[LEFT] datagrams of a slab, and counts that down. A listener may run
// the loop, which calls this function for the rest of the slab.
function emitMany(handle, slab) {
  const { context } = handle;
  const { batch } = slab;
  let left = shared[LEFT];
  try {
    for (;;) {
      left--;
      runInAsyncScope(context, emitFrom, undefined, handle, slab);
      if (left === 0 || runTicks === null || !hasNext(handle, slab, batch)) return;
      runTicks();
      if (!hasNext(handle, slab, batch)) return;
    }
  } finally {
    shared[LEFT] = left;
  }
}

// Emits one datagram, or more if shared[LEFT] allows it. The addon runs the ticks of the
// last one.
function onMessages({ handle }) {
  if (handle.inbox !== null && handle.inbox.isAtLimit()) {
    handle.setFull(true); // parks it
    return;
  }
  if (shared[SLAB] < 0) {
    runInAsyncScope(handle.context, emitParked, undefined, handle);
    return;
  }
  const slab = slabAt(shared[SLAB]);
  if (handle.reading) emitMany(handle, slab);
  else slab.fields[POSITION] = slab.fields[COUNT];
}

function onError({ handle }, errno, syscall) {
  shared[RUNNING]++;
  if (handle.reading) handle.onerror(errno, syscall);
  shared[RUNNING]--;
}

function onPathError({ handle }, ...error) {
  shared[RUNNING]++;
  if (handle.reading) handle.socket.emit('pathError', pathError(...error));
  shared[RUNNING]--;
}

// Reports an exception of a listener as uncaught, in the context of the socket. It is
// thrown again, so that ticks wait for the next callback, as in Node.
function onException({ handle }, err) {
  runInAsyncScope(handle.context, native.fatal, undefined, err);
  throw err;
}

module.exports = { park };
