'use strict';
// Datagrams that a socket has received and that wait: until it is not paused any more, or
// until an iterator takes them. A group is what was in one slab (receive.js): it may be
// emitted as one 'messages' event.
const { inheritNothing, slice } = require('./builtins');

class Group {
  constructor(list, isListed, isEmitted) {
    this.list = list; // of { msg, rinfo }
    this.isListed = isListed; // it was emitted as 'messages', or begun without
    this.isEmitted = isEmitted; // an iterator's: listeners of events get it, too
    this.isPassed = false; // a parked one: iterators have got it
    this.position = 0; // of the next one to take
    this.next = null;
  }
}

inheritNothing(Group);

class DatagramQueue {
  constructor() {
    this.count = 0; // datagrams
    this.first = null; // group
    this.last = null;
  }

  #appendGroup(group) {
    if (this.first === null) this.first = group;
    else this.last.next = group;
    this.last = group;
    this.count += group.list.length - group.position;
  }

  append(list, isListed, isEmitted) {
    if (list.length > 0) this.#appendGroup(new Group(list, isListed, isEmitted));
  }

  // The same for what is parked.
  park(list, isListed, isPassed) {
    if (list.length === 0) return;
    this.append(list, isListed, false);
    this.last.isPassed = isPassed;
  }

  // Appends the groups of another queue, which is empty then.
  appendAll(queue) {
    while (queue.first !== null) {
      const group = queue.first;
      queue.first = group.next;
      group.next = null;
      this.#appendGroup(group);
    }
    queue.count = 0;
  }

  // Appends what is parked, and will be emitted, for iterators that have not got it.
  appendCopy(parked) {
    for (let group = parked.first; group !== null; group = group.next) {
      if (group.isPassed) continue;
      group.isPassed = true;
      this.append(slice(group.list, group.position, group.list.length), true, true);
    }
  }

  #keep(isKept) {
    const all = new DatagramQueue();
    all.appendAll(this);
    while (all.first !== null) {
      const group = all.first;
      all.first = group.next;
      group.next = null;
      if (isKept(group)) this.#appendGroup(group);
    }
  }

  dropEmitted() {
    this.#keep((group) => !group.isEmitted);
  }

  dropPassed() {
    this.#keep((group) => !group.isPassed);
  }

  // As if nobody had got any of them.
  forget() {
    for (let group = this.first; group !== null; group = group.next)
      group.isEmitted = group.isPassed = false;
  }

  isListed() {
    return this.first.isListed;
  }

  isPassed() {
    return this.first.isPassed;
  }

  // The first group, which is complete unless it is listed.
  copyGroup() {
    const { list } = this.first;
    this.first.isPassed = true;
    return slice(list, 0, list.length);
  }

  // The same. It will be emitted as 'message' events, too.
  listGroup() {
    const { list } = this.first;
    this.first.isListed = true;
    return slice(list, 0, list.length);
  }

  // The same, if it will not.
  takeGroup() {
    const { list, next } = this.first;
    this.first = next;
    this.count -= list.length;
    return list;
  }

  // The next datagram; null if there is none.
  take() {
    const group = this.first;
    if (group === null) return null;
    this.count--;
    group.isListed = true;
    const datagram = group.list[group.position];
    group.list[group.position++] = null;
    if (group.position === group.list.length) this.first = group.next;
    return datagram;
  }
}

inheritNothing(DatagramQueue);

module.exports = DatagramQueue;
