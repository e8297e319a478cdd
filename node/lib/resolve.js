'use strict';
// Resolves hosts with the lookup function of a socket. Default hosts.
const isIP = require('./is_ip');
const { inheritNothing, uncurryThis } = require('./builtins');
const { isNew } = require('./host');
const cache = require('./lookup_cache');
const { nextTick } = require('./transport').ticks;

let dnsModule;
const dns = () => dnsModule ??= require('node:dns'); // as late as node:dgram loads it
const textOf = uncurryThis(Function.prototype.toString);
const includes = uncurryThis(String.prototype.includes);
// Of the thread, as dns.lookup is.
let nodesLookup = null; // dns.lookup of Node, once it has been seen
let otherLookup = null; // the latest function that was not

// Whether the function is Node's own, so that the program does not see whether it is
// called. The program may have replaced dns.lookup before this file was loaded.
function isNodes(lookup) {
  if (lookup === nodesLookup) return true;
  if (lookup === otherLookup || typeof lookup !== 'function') return false;
  if (includes(textOf(lookup), 'new GetAddrInfoReqWrap()')) {
    nodesLookup = lookup;
    return true;
  }
  otherLookup = lookup;
  return false;
}

// Calls the current dns.lookup, but not for literals.
function lookupName(address, family, callback) {
  if (isIP(address) === family)
    nextTick(callback, null, address, family);
  else
    dns().lookup(address, family, callback);
}

// The default lookup of the running Node: the dns.lookup of the creation, also for
// literals, or the current one, for names only.
function defaultLookup() {
  return isNew ? lookupName : dns().lookup;
}

// The default lookup of a socket with a lookupTTL. `find` is for names whose address is
// known.
class KeptLookup {
  constructor(family, ttl) {
    this.family = family;
    this.ttl = ttl;
    this.ofCreation = dns().lookup;
  }

  get lookup() {
    return isNew ? dns().lookup : this.ofCreation;
  }

  find(address) {
    return cache.findAddress(this.lookup, address, this.family, this.ttl);
  }

  start(address, family, callback) {
    if (isIP(address) === family) nextTick(callback, null, address, family);
    else cache.lookupName(this.lookup, address, family, this.ttl, callback);
  }
}

inheritNothing(KeptLookup);

// Whether the lookup may be skipped for literals: the program cannot observe that.
function needsNoLookup(lookup) {
  return lookup === lookupName || (!isNew && isNodes(lookup));
}

// dns.lookup returns a literal of the other family unchanged, so it need not be called
// unless the program replaced it.
function isAnyLiteral(address) {
  return isIP(address) !== 0 && isNodes(dns().lookup);
}

// On a closed socket this throws a TypeError, as in Node.
function resolve(state, address, fallback, callback) {
  const lookup = state.handle.lookup; // called without `this`
  const name = address || fallback;
  if (needsNoLookup(lookup) && typeof name === 'string' &&
      isIP(name) === state.family)
    nextTick(callback, null, name, state.family);
  else
    lookup(name, state.family, callback);
}

// Depends on `socket.type`, which the program may have changed, as in Node.
function anyAddress(state) {
  return state.socket.type === 'udp4' ? '0.0.0.0' : '::';
}

function loopback(state) {
  return state.family === 6 ? '::1' : '127.0.0.1';
}

module.exports = {
  KeptLookup, anyAddress, defaultLookup, isAnyLiteral, loopback, needsNoLookup,
  resolve,
};
