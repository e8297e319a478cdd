'use strict';
// Passes datagrams to the host, in the place of ../send_queue.js.
//
// The rule. Each datagram is passed to the socket of the host in a call of its own, at
// the moment at which node:dgram would pass it to the kernel, which is also when its bytes
// are read. The host calls back in a tick. A result is known then, and the callback of the
// program is called at once, so it runs when that of node:dgram would.
const { FastBuffer, isArray } = require('../builtins');
const { lengthOf } = require('../views');
const { ENOTSUP, numberOfAny } = require('./error_numbers');
const { nextTick } = require('./ticks');

function totalOf(parts) {
  if (!isArray(parts)) return lengthOf(parts);
  let length = 0;
  for (let i = 0; i < parts.length; i++) length += lengthOf(parts[i]);
  return length;
}

const EMPTY = new FastBuffer(0);

// Node 18 and 20 throw if a part was detached since it was accepted.
function withoutDetached(parts) {
  if (!isArray(parts)) return parts;
  for (let i = 0; i < parts.length; i++)
    if (lengthOf(parts[i]) === 0) parts[i] = EMPTY;
  return parts;
}

// Sends a datagram of the request; a request calls this from its makeReady(). `owner` is
// the handle, `address` null for the peer, `info` null or a SendInfo.
function addReady(request, owner, parts, address, port, info) {
  if (info !== null) {
    refuse(request, ENOTSUP);
    return;
  }
  const length = totalOf(parts);
  const position = request.finishLater();
  owner.send(withoutDetached(parts), length, address, port, (err, bytes) => {
    if (err) request.finish(numberOfAny(err), bytes === undefined ? -1 : length, position);
    else request.finish(length, length, position);
  });
}

// The request passes each of them to addReady().
const addViews = (request, owner, views, from) => from;

// Reports a datagram that cannot be sent.
function refuse(request, code) {
  request.finish(code);
  reportCompleted();
}

function sendNow(request) {
  request.makeReady();
  request.conclude();
}

// As in Node, close() in the same tick loses the datagram.
function sendInTick(request) {
  nextTick(onTick, request);
}

function onTick(request) {
  if (request.state.handle) request.makeReady();
  request.conclude();
}

// ---- Results -------------------------------------------------------------------------

// The context in which the host calls back is that of the call.
const sameContext = { __proto__: null };
const newContext = () => sameContext;

// All results of a request are known, or 'drain' is due.
function complete(request) {
  if (request.resource === sameContext) request.callBack();
  else request.reportInContext();
}

function reportCompleted() { /* nothing waits for it */ }

module.exports = {
  addReady, addViews, complete, deferToTick: sendNow, newContext, refuse,
  reportCompleted, sendInTick, sendNow, totalOf,
};
