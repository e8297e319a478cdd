'use strict';
// Datagrams on their way in. The addon lays those of a wake-up into a slab and
// has them shown, some of them in each turn of the loop.
//
// Each message is a callback of its own, as in Node: the addon calls onMessage() and
// behind it Node runs the ticks and promise jobs that the listener queued. What a
// listener throws nobody here catches: it is the addon that tells of it, so that a
// process that is to abort does so where it was thrown.
const { EventEmitter } = require('node:events');
const native = require('./native');
const sendQueue = require('./send_queue');
const {
  FastBuffer, bufferLength, inheritNothing, setBytes, uncurryThis,
} = require('./builtins');
const { Int32Array } = globalThis;

const FIELDS = 3; // length, slot of the address' text, port
const HEADER = 4; // fields before those of datagrams: these
const POSITION = 0; // of the next datagram to show
const LISTED = 1; // whether all were shown as 'messages'
const BATCH = 2;
const COUNT = 3;
const POOL_SIZE = 65536;

const addresses = []; // texts of senders, set by the addon
const memories = []; // of slabs, set by the addon
const slabs = { __proto__: null }; // by index
const shared = new Int32Array(native.shared);
const SLAB = 0; // that is to be shown
const RUNNING = 1; // calls of listeners that have not come back
native.setupReceive(addresses, memories, onMessage, sendQueue.sendReady, onError,
                    native.fatal);

const COPY_MAX = 32; // bytes that are copied one by one: that is faster
const listenerCount = uncurryThis(EventEmitter.prototype.listenerCount);
const includes = uncurryThis(String.prototype.includes);

// Listeners may run the loop, in which the rest of the slab is shown and another
// batch put into it: a place is moved on before a listener runs, and not read after.
class Slab {
  constructor({ payloads, fields, texts }) {
    this.memory = payloads;
    this.bytes = new FastBuffer(payloads);
    this.fields = new Int32Array(fields);
    this.texts = texts; // of addresses without a slot
    this.batch = -1;
    this.begin();
  }

  begin() {
    this.offset = 0; // of the next payload
    this.stocked = 0; // the end of what stands in the pool
    this.pool = null;
    this.shift = 0; // from an offset here to one there
  }

  info(position) {
    const { fields } = this;
    const field = HEADER + position * FIELDS;
    const slot = fields[field + 1];
    const address = slot < 0 ? this.texts[position] : addresses[slot];
    return {
      address,
      family: includes(address, ':') ? 'IPv6' : 'IPv4',
      port: fields[field + 2],
      size: fields[field],
    };
  }

  // The next payload, alone on its ArrayBuffer as Node's are.
  takeAlone(length) {
    const start = this.offset;
    this.offset += length;
    const msg = new FastBuffer(length);
    if (length > COPY_MAX) {
      setBytes(msg, new FastBuffer(this.memory, start, length));
    } else {
      for (let i = 0; i < length; i++) msg[i] = this.bytes[start + i];
    }
    return msg;
  }

  // The next payload, in the pool.
  takePooled(position, length) {
    const start = this.offset;
    this.offset += length;
    // A program may detach the pool: the memory of its messages is in it.
    if (this.offset > this.stocked || this.pool === null ||
        bufferLength(this.pool) === 0)
      stock(this, position, start, length);
    return new FastBuffer(this.pool, start + this.shift, length);
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

// ---- The pool: what is kept of it holds no more than one piece --------------------

let pool = new FastBuffer(0).buffer;
let poolBytes = new FastBuffer(pool);
let poolUsed = 0;

// Copies payloads from that one on to the pool, as many as it has room for.
function stock(slab, position, start, length) {
  if (bufferLength(pool) === 0 || poolUsed + length > POOL_SIZE) {
    pool = native.piece() ?? new FastBuffer(POOL_SIZE).buffer;
    poolBytes = new FastBuffer(pool);
    poolUsed = 0;
  }
  const room = POOL_SIZE - poolUsed;
  let size = length;
  for (let i = position + 1; i < slab.fields[COUNT]; i++) {
    const more = slab.fields[HEADER + i * FIELDS];
    if (size + more > room) break;
    size += more;
  }
  setBytes(poolBytes, new FastBuffer(slab.memory, start, size), poolUsed);
  slab.pool = pool;
  slab.shift = poolUsed - start;
  slab.stocked = start + size;
  poolUsed += size;
}

// ---- Showing ------------------------------------------------------------------------

function withoutBlocked(handle, list) {
  const left = [];
  for (let i = 0; i < list.length; i++)
    if (!handle.isBlocked(list[i].rinfo)) left[left.length] = list[i];
  return left;
}

function emitMessages(handle, list) {
  shared[RUNNING]++;
  if (handle.blockList)
    list = withoutBlocked(handle, list);
  if (list.length > 0) handle.socket.emit('messages', list);
  shared[RUNNING]--;
}

function emitMessage(handle, msg, rinfo) {
  shared[RUNNING]++;
  if (!handle.blockList || !handle.isBlocked(rinfo))
    handle.socket.emit('message', msg, rinfo);
  shared[RUNNING]--;
}

// All payloads of the slab; one sender's of one size share the rinfo.
function listOf(slab) {
  const { fields } = slab;
  const list = [];
  let rinfo = null;
  for (let i = 0; i < fields[COUNT]; i++) {
    const field = HEADER + i * FIELDS;
    if (rinfo === null || rinfo.size !== fields[field] || fields[field + 1] < 0 ||
        fields[field + 1] !== fields[field - 2] ||
        fields[field + 2] !== fields[field - 1])
      rinfo = slab.info(i);
    list[i] = { msg: slab.takePooled(i, fields[field]), rinfo };
  }
  return list;
}

function showAll(handle, slab) {
  const list = listOf(slab);
  slab.begin(); // for who wants them one by one, too
  if (listenerCount(handle.socket, 'message') === 0)
    slab.fields[POSITION] = slab.fields[COUNT];
  emitMessages(handle, list);
}

function showNext(handle, slab) {
  const position = slab.fields[POSITION]++;
  const length = slab.fields[HEADER + position * FIELDS];
  const rinfo = slab.info(position);
  const msg = handle.pooled ? slab.takePooled(position, length) :
    slab.takeAlone(length);
  emitMessage(handle, msg, rinfo);
}

function onMessage({ handle }) {
  const slab = slabAt(shared[SLAB]);
  const { fields } = slab;
  if (!handle.reading) {
    fields[POSITION] = fields[COUNT];
  } else if (fields[LISTED] === 0) {
    fields[LISTED] = 1;
    if (listenerCount(handle.socket, 'messages') > 0) showAll(handle, slab);
    else showNext(handle, slab);
  } else {
    showNext(handle, slab);
  }
}

function onError({ handle }, errno) {
  shared[RUNNING]++;
  if (handle.reading) handle.onerror(errno);
  shared[RUNNING]--;
}
