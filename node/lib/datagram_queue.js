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

  // Appends what another queue has and keeps. It will be emitted.
  appendCopy(queue) {
    for (let group = queue.first; group !== null; group = group.next)
      this.append(slice(group.list, group.position, group.list.length), true, true);
  }

  // Removes the groups that listeners get.
  dropEmitted() {
    const left = new DatagramQueue();
    left.appendAll(this);
    while (left.first !== null) {
      const group = left.first;
      left.first = group.next;
      group.next = null;
      if (!group.isEmitted) this.#appendGroup(group);
    }
  }

  isListed() {
    return this.first.isListed;
  }

  // The first group, which is complete unless it is listed.
  copyGroup() {
    const { list } = this.first;
    return slice(list, 0, list.length);
  }

  // The same. It will be emitted as 'message' events, too.
  listGroup() {
    this.first.isListed = true;
    return this.copyGroup();
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
