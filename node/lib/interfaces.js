'use strict';
// Names and indices of interfaces. They are kept for one millisecond only, because an
// interface may be renamed, or created again with another index.
const native = require('./addon');
const { Map } = require('./builtins');
const { Int32Array, String } = globalThis;

const KNOWN_MAX = 64;

const shared = new Int32Array(native.shared);
const EMITTING = 2; // messages are being emitted
const NOW = 3; // when these are emitted: the time of the loop, in milliseconds

// Of all sockets of the thread, as they share the loop.
const byIndex = new Map();
const byName = new Map();

// The name of an interface that received a message, or its index if the interface no
// longer exists.
function nameOf(index) {
  const known = byIndex.get(index);
  if (known !== undefined && known.time === shared[NOW]) return known.name;
  if (byIndex.size >= KNOWN_MAX) {
    byIndex.clear();
    byName.clear();
  }
  const name = native.interfaceName(index) ?? String(index);
  const found = { index, name, time: shared[NOW] };
  byIndex.set(index, found);
  byName.set(name, found);
  return name;
}

// The index of an interface that the program named, or a code. Answers in a listener
// name the interface of the message.
function indexOf(name) {
  if (typeof name === 'number') return name;
  if (shared[EMITTING] > 0) {
    const known = byName.get(name);
    if (known !== undefined && known.time === shared[NOW]) return known.index;
  }
  return native.interfaceIndex(name);
}

module.exports = { indexOf, nameOf };
