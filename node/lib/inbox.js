'use strict';
// Datagrams on their way in. The addon lays those of a wake-up into a slab and
// has them shown, some of them in each turn of the loop.
//
// Ticks and promise jobs that a listener queues run before the next message, as
// if each message were a callback of its own: process._tickCallback() is what
// Node's timers use between two of theirs. What is thrown is an uncaught exception;
// if the process lives on, so does the work, and as in Node what was queued before
// the throw runs behind the next message.
const native = require('./native');
const outbox = require('./outbox');

const FIELDS = 3; // length, slot of the address' text, port
const POOL_SIZE = 65536;
const SHOWN_ALL = 0;
const SHOWN_PART = 1;
const AGAIN = 2; // the rest in a call of its own

const addresses = []; // texts of senders, set by the addon
const memories = []; // of slabs, set by the addon
const slabs = [];
native.setupReceive(addresses, memories, onBatch, onError);

const runTicks = typeof process._tickCallback === 'function' ?
  process._tickCallback : null;
const copyOf = Uint8Array.prototype.slice;

class Slab {
  constructor({ payloads, fields, texts }) {
    this.bytes = Buffer.from(payloads);
    this.fields = new Int32Array(fields);
    this.texts = texts; // of addresses without a slot
    this.begin(0);
  }

  begin(total) {
    this.total = total; // datagrams
    this.position = 0; // of the next one
    this.offset = 0; // of its payload
    this.stocked = 0; // the end of what stands in the pool
    this.pool = null;
    this.shift = 0; // from an offset here to one there
  }

  info() {
    const { fields } = this;
    const field = this.position * FIELDS;
    const slot = fields[field + 1];
    const address = slot < 0 ? this.texts[this.position] : addresses[slot];
    return {
      address,
      family: address.includes(':') ? 'IPv6' : 'IPv4',
      port: fields[field + 2],
      size: fields[field],
    };
  }

  // The next payload, alone on its ArrayBuffer as Node's are.
  takeAlone() {
    const start = this.offset;
    this.offset += this.fields[this.position * FIELDS];
    return copyOf.call(this.bytes, start, this.offset);
  }

  // The next payload, in the pool.
  takePooled() {
    const start = this.offset;
    const length = this.fields[this.position * FIELDS];
    this.offset += length;
    if (this.offset > this.stocked || this.pool === null)
      stock(this, start, length);
    return Buffer.from(this.pool, start + this.shift, length);
  }
}

// ---- The pool: what is kept of it holds no more than one piece --------------------

let pool = new ArrayBuffer(0);
let poolBytes = Buffer.from(pool);
let poolUsed = 0;

// Copies payloads from `start` on to the pool, as many as it has room for.
function stock(slab, start, length) {
  if (poolUsed + length > poolBytes.length) {
    pool = native.piece() ?? Buffer.allocUnsafeSlow(POOL_SIZE).buffer;
    poolBytes = Buffer.from(pool);
    poolUsed = 0;
  }
  const room = poolBytes.length - poolUsed;
  let size = length;
  for (let i = slab.position + 1; i < slab.total; i++) {
    const more = slab.fields[i * FIELDS];
    if (size + more > room) break;
    size += more;
  }
  poolBytes.set(slab.bytes.subarray(start, start + size), poolUsed);
  slab.pool = pool;
  slab.shift = poolUsed - start;
  slab.stocked = start + size;
  poolUsed += size;
}

// ---- Showing ------------------------------------------------------------------------

// In the socket's context; what is thrown is uncaught there. Returns whether
// nothing was.
function runCaught(run, first, second) {
  try {
    run.call(this, first, second);
    return true;
  } catch (err) {
    native.fatal(err);
    return false;
  }
}

function runInContext(handle, run, first, second) {
  return handle.resource.runInAsyncScope(runCaught, handle, run, first, second);
}

function emitMessages(slab) {
  const { fields } = slab;
  const list = [];
  let rinfo = null;
  for (; slab.position < slab.total; slab.position++) {
    const field = slab.position * FIELDS;
    const msg = slab.takePooled();
    // One sender's datagrams of one size share the object.
    if (rinfo === null || rinfo.size !== fields[field] || fields[field + 1] < 0 ||
        fields[field + 1] !== fields[field - 2] ||
        fields[field + 2] !== fields[field - 1])
      rinfo = slab.info();
    if (!this.blockList || !this.isBlocked(rinfo)) list.push({ msg, rinfo });
  }
  if (list.length > 0) this.socket.emit('messages', list);
}

function emitMessage(msg, rinfo) {
  if (!this.blockList || !this.isBlocked(rinfo))
    this.socket.emit('message', msg, rinfo);
}

function showNext(handle, slab) {
  const rinfo = slab.info();
  const msg = handle.pooled ? slab.takePooled() : slab.takeAlone();
  slab.position++;
  return runInContext(handle, emitMessage, msg, rinfo);
}

function tick() {
  try {
    runTicks.call(process);
  } catch (err) {
    native.fatal(err);
  }
}

// Returns what becomes of the rest.
function showSome(handle, slab, budget) {
  while (handle.reading && slab.position < slab.total) {
    if (budget-- === 0) return SHOWN_PART;
    const went = showNext(handle, slab);
    if (runTicks === null) return AGAIN;
    if (went) tick();
  }
  return SHOWN_ALL;
}

function showAllAtOnce(handle, slab) {
  const also = handle.socket.listenerCount('message') > 0;
  const went = runInContext(handle, emitMessages, slab);
  if (went && runTicks !== null) tick();
  slab.begin(also ? slab.total : 0);
}

function onBatch(wrapped, index, fresh, budget) {
  const { handle } = wrapped;
  const slab = slabs[index] ??= new Slab(memories[index]);
  outbox.beginShow();
  try {
    if (fresh > 0) {
      slab.begin(fresh);
      if (handle.reading && handle.socket.listenerCount('messages') > 0)
        showAllAtOnce(handle, slab);
    }
    return showSome(handle, slab, budget);
  } finally {
    outbox.endShow();
  }
}

function onError(wrapped, errno) {
  const { handle } = wrapped;
  if (handle.reading) runInContext(handle, handle.onerror, errno);
}
