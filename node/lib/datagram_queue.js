'use strict';
// Datagrams that a socket has received and that wait: until it is not paused any more, or
// until an iterator takes them. A group is what was in one slab (receive.js): what is
// left of it may be emitted as one 'messages' event.
const { inheritNothing, slice } = require('./builtins');

class Group {
  constructor(list) {
    this.list = list; // of { msg, rinfo }
    this.isListed = false; // it was emitted as 'messages'
    this.isPassed = false; // iterators have got a copy
    this.isEmitted = false; // in the queue of iterators: listeners get it, too
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

  // `isListed`, `isPassed`: see Group.
  append(list, isListed = false, isPassed = false) {
    if (list.length === 0) return;
    const group = new Group(list);
    group.isListed = isListed;
    group.isPassed = isPassed;
    this.#appendGroup(group);
  }

  // The same for a group that listeners get, too.
  appendEmitted(list) {
    const group = new Group(list);
    group.isEmitted = true;
    this.#appendGroup(group);
  }

  #removeFirst() {
    const group = this.first;
    this.first = group.next;
    group.next = null;
    this.count -= group.list.length - group.position;
    return group;
  }

  // Appends the groups of another queue, which is empty then.
  appendAll(queue) {
    while (queue.first !== null) this.#appendGroup(queue.#removeFirst());
  }

  // The same without the groups that no iterator is to get: they were passed before.
  appendNew(queue) {
    while (queue.first !== null) {
      const group = queue.#removeFirst();
      if (!group.isPassed) this.#appendGroup(group);
    }
  }

  // Appends copies of these groups. They will be emitted.
  appendCopies(queue) {
    for (let group = queue.first; group !== null; group = group.next) {
      if (group.isPassed) continue;
      this.appendEmitted(slice(group.list, group.position, group.list.length));
      group.isPassed = true;
    }
  }

  // Removes the groups that listeners get.
  dropEmitted() {
    const all = new DatagramQueue();
    all.appendAll(this);
    while (all.first !== null) {
      const group = all.#removeFirst();
      if (!group.isEmitted) this.#appendGroup(group);
    }
  }

  // Returns how many of the datagrams listeners get, too.
  countEmitted() {
    let count = 0;
    for (let group = this.first; group !== null; group = group.next)
      if (group.isEmitted) count += group.list.length - group.position;
    return count;
  }

  // The last `count` of the datagrams that were passed to iterators were not taken, so
  // the next iterator is to get them.
  releaseLast(count) {
    let taken = -count;
    for (let group = this.first; group !== null; group = group.next)
      if (group.isPassed) taken += group.list.length - group.position;
    for (let group = this.first; group !== null; group = group.next) {
      if (!group.isPassed) continue;
      const size = group.list.length - group.position;
      if (taken <= 0) group.isPassed = false;
      else if (taken < size) this.#split(group, group.position + taken);
      taken -= size;
    }
  }

  // The second part is a group that was not passed.
  #split(group, at) {
    const rest = new Group(slice(group.list, at, group.list.length));
    rest.isListed = group.isListed;
    rest.next = group.next;
    group.list.length = at;
    group.next = rest;
    if (this.last === group) this.last = rest;
  }

  // As if no iterator had received any of them.
  forget() {
    for (let group = this.first; group !== null; group = group.next)
      group.isEmitted = group.isPassed = false;
  }

  // What is left of the first group.
  copyGroup() {
    const { list, position } = this.first;
    return slice(list, position, list.length);
  }

  takeGroup() {
    const list = this.copyGroup();
    this.#removeFirst();
    return list;
  }

  // The next datagram; null if there is none.
  take() {
    const group = this.first;
    if (group === null) return null;
    this.count--;
    const datagram = group.list[group.position];
    group.list[group.position++] = null;
    if (group.position === group.list.length) this.first = group.next;
    return datagram;
  }
}

inheritNothing(DatagramQueue);

module.exports = DatagramQueue;
