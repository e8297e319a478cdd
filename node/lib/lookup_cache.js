'use strict';
// The answers of the default lookup, for the sockets of a thread that have a lookupTTL.
//
// A name has an answer, or a query in progress. It has both if the answer is too old for
// one of the sockets. The lookups that wait for a query are answered in order. Until the
// last of them is answered, later lookups of the name wait behind it, so that datagrams
// keep their order.
const { AsyncResource } = require('node:async_hooks');
const { hrtime } = process;
const isIP = require('./is_ip');
const { Map, apply, inheritNothing, runInAsyncScope, uncurryThis } =
  require('./builtins');
const { nextTick } = require('./transport').ticks;

const NAMES_MAX = 1024; // that have an answer, of a family
const FAILURE_MS = 1000; // how long a failure is kept at most

// Returns milliseconds. Loading node:perf_hooks for its clock would take one.
function now() {
  const time = hrtime();
  return time[0] * 1e3 + time[1] / 1e6;
}

const nextOf = uncurryThis(Object.getPrototypeOf(new Map().keys()).next);

const byFamily = () => [undefined, undefined, undefined, undefined, new Map(), undefined,
                        new Map()];
const answers = byFamily(); // names to answers, the oldest first
const queries = byFamily(); // names to queries

// What the latest queries for a name gave.
class Answer {
  constructor(lookup) {
    this.lookup = lookup; // which gave it
    this.ip = undefined; // of the latest query that succeeded
    this.foundAt = 0; // milliseconds
    this.failure = null; // the error of the latest query, if it failed
    this.failedAt = 0;
  }

  store(err, ip) {
    this.failure = err;
    if (err) {
      this.failedAt = now();
    } else {
      this.ip = ip;
      this.foundAt = now();
    }
  }

  address(lookup, ttl) {
    return this.lookup === lookup && this.ip !== undefined &&
      now() - this.foundAt < ttl ? this.ip : undefined;
  }

  error(lookup, ttl) {
    return this.lookup === lookup && this.failure !== null &&
      now() - this.failedAt < (ttl < FAILURE_MS ? ttl : FAILURE_MS) ? this.failure : null;
  }
}

// A lookup that waits. Its callback runs in the async context of the call.
class Waiter {
  constructor(callback) {
    this.callback = callback;
    this.resource = new AsyncResource('DGRAMLOOKUP');
  }
}

// A query in progress. A flush starts it again: only the answer of the latest round
// counts.
class Query {
  constructor(lookup, name, family) {
    this.lookup = lookup;
    this.name = name;
    this.family = family;
    this.waiters = [];
    this.answered = 0; // of these
    this.isAnswering = false;
    this.round = 0;
    this.isOutdated = false; // its answer is for the waiters only
  }

  start() {
    const round = ++this.round;
    apply(this.lookup, require('node:dns'), [this.name, this.family, (err, ip, family) => {
      if (round === this.round) this.end(err, ip, family);
    }]);
  }

  // If it cannot be started again, those who wait get the outdated answer.
  startAgain() {
    const { round } = this;
    try {
      this.start();
    } catch (err) {
      if (this.isAnswering) throw err; // of a callback
      this.round = round;
      this.isOutdated = true;
    }
  }

  end(err, ip, family) {
    this.round++; // a second answer does not count
    if (!this.isOutdated && (err || isIP(ip) === this.family)) keep(this, err, ip);
    this.answer(err, ip, family);
  }

  // If a callback throws, the others follow in a later tick.
  answer(err, ip, family) {
    this.isAnswering = true;
    while (this.answered < this.waiters.length) {
      const waiter = this.waiters[this.answered++];
      let returned = false;
      try {
        runInAsyncScope(waiter.resource, waiter.callback, null, err, ip, family);
        returned = true;
      } finally {
        if (!returned) nextTick(() => this.answer(err, ip, family));
      }
    }
    if (queries[this.family].get(this.name) === this)
      queries[this.family].delete(this.name);
  }
}

inheritNothing(Answer);
inheritNothing(Waiter);
inheritNothing(Query);

// Stores an answer as the latest one of its map, and removes the oldest.
function keep({ lookup, name, family }, err, ip) {
  const known = answers[family];
  let answer = known.get(name);
  if (answer === undefined || answer.lookup !== lookup) answer = new Answer(lookup);
  answer.store(err, ip);
  known.delete(name);
  known.set(name, answer);
  if (known.size > NAMES_MAX) known.delete(nextOf(known.keys()).value);
}

// Returns the address of a name if an answer came less than `ttl` milliseconds ago and no
// request is waiting for it.
function findAddress(lookup, name, family, ttl) {
  const answer = answers[family].get(name);
  if (answer === undefined) return undefined;
  const ip = answer.address(lookup, ttl);
  return ip === undefined || queries[family].get(name)?.isAnswering ? undefined : ip;
}

// Looks up a name. The callback gets what `lookup` gave, now or before.
function lookupName(lookup, name, family, ttl, callback) {
  const answer = answers[family].get(name);
  const query = queries[family].get(name);
  const ip = answer?.address(lookup, ttl);
  const failure = answer?.error(lookup, ttl) ?? null;
  const isKnown = ip !== undefined || failure !== null;
  if (query?.lookup === lookup && (query.isAnswering || !isKnown))
    query.waiters[query.waiters.length] = new Waiter(callback);
  else if (ip !== undefined)
    nextTick(callback, null, ip, family);
  else if (failure !== null)
    nextTick(callback, failure);
  else if (query !== undefined) // of another function
    apply(lookup, require('node:dns'), [name, family, callback]);
  else
    ask(new Query(lookup, name, family), callback);
}

function ask(query, callback) {
  const { family, name } = query;
  query.waiters[0] = new Waiter(callback);
  queries[family].set(name, query);
  let isAsked = false;
  try {
    query.start();
    isAsked = true;
  } finally { // wrong arguments, or an exception of a callback that was called inside
    if (!isAsked && !query.isAnswering) queries[family].delete(name);
  }
}

// Forgets the answers of a name, or of all. Queries in progress start again.
function flush(name) {
  for (const family of [4, 6]) {
    if (name === undefined) answers[family].clear();
    else answers[family].delete(name);
    queries[family].forEach((query) => {
      if ((name === undefined || query.name === name) && !query.isAnswering)
        query.startAgain();
    });
  }
}

module.exports = { findAddress, flush, lookupName };
