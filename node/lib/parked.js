'use strict';
// Datagrams that a socket had received before it was paused. A group is what was left in
// one slab (receive.js): it may be emitted as one 'messages' event.
const { inheritNothing, slice } = require('./builtins');

class Group {
  constructor(list, isListed) {
    this.list = list; // of { msg, rinfo }
    this.isListed = isListed; // it was emitted as 'messages', or begun without
    this.position = 0; // of the next one to emit
    this.next = null;
  }
}

inheritNothing(Group);

class Parked {
  constructor() {
    this.count = 0; // datagrams
    this.first = null; // group
    this.last = null;
  }

  append(list, isListed) {
    if (list.length === 0) return;
    const group = new Group(list, isListed);
    if (this.first === null) this.first = group;
    else this.last.next = group;
    this.last = group;
    this.count += list.length;
  }

  isListed() {
    return this.first.isListed;
  }

  // The first group, which will be emitted as 'message' events, too.
  listGroup() {
    const { list } = this.first;
    this.first.isListed = true;
    return slice(list, 0, list.length);
  }

  // The same, if it will not. A group that is not listed is complete.
  takeGroup() {
    const { list, next } = this.first;
    this.first = next;
    this.count -= list.length;
    return list;
  }

  take() {
    const group = this.first;
    this.count--;
    group.isListed = true;
    const datagram = group.list[group.position];
    group.list[group.position++] = null;
    if (group.position === group.list.length) this.first = group.next;
    return datagram;
  }
}

inheritNothing(Parked);

module.exports = Parked;
