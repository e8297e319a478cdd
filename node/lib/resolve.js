'use strict';
// From a host to an address, by the socket's lookup; default hosts; whom a block
// list forbids.
const { isIP } = require('node:net');
const dns = require('node:dns');
const { uncurryThis } = require('./builtins');
const { isNew } = require('./host');
const { nextTick } = require('./ticks');

const textOf = uncurryThis(Function.prototype.toString);
const includes = uncurryThis(String.prototype.includes);
let nodes = null; // Node's own dns.lookup, once it has been seen
let others = null; // the latest that was none

// Whether nobody could see that it is asked. A program may have replaced it before
// this was loaded.
function isNodes(lookup) {
  if (lookup === nodes) return true;
  if (lookup === others || typeof lookup !== 'function') return false;
  if (includes(textOf(lookup), 'new GetAddrInfoReqWrap()')) {
    nodes = lookup;
    return true;
  }
  others = lookup;
  return false;
}

// The dns.lookup of the moment, not asked for literals.
function lookupName(address, family, callback) {
  if (isIP(address) === family)
    nextTick(callback, null, address, family);
  else
    dns.lookup(address, family, callback);
}

// How the Node that runs resolves by default: which dns.lookup, and whether for
// literals too.
function defaultLookup() {
  return isNew ? lookupName : dns.lookup;
}

// Whether literals need no lookup that anybody could see.
function needsNoLookup(lookup) {
  return lookup === lookupName || (!isNew && isNodes(lookup));
}

// A literal of the other family comes back from dns.lookup as it is; to see it asked
// somebody must have replaced it.
function isAnyLiteral(address) {
  return isIP(address) !== 0 && isNodes(dns.lookup);
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

// By the type that the socket shows, which may have been written.
function anyAddress(state) {
  return state.socket.type === 'udp4' ? '0.0.0.0' : '::';
}

function loopback(state) {
  return state.family === 6 ? '::1' : '127.0.0.1';
}

function isBlockedBy(list, ip) {
  return list !== null && list.check(ip, `ipv${isIP(ip)}`);
}

module.exports = {
  anyAddress, defaultLookup, isAnyLiteral, isBlockedBy, loopback, needsNoLookup,
  resolve,
};
