'use strict';
// sendOne() and reply(): one datagram, with information of its own.
const { EDESTADDRREQ } = require('./errno');
const { badPort, invalidArgType, misuse, systemError } = require('./errors');
const { validatePort, validateString } = require('./validate');
const { CONNECTED, UNIX, healthCheck, kState } = require('./state');
const { submit } = require('./high_water_mark');
const { Datagram } = require('./request');
const { Socket } = require('./socket');
const { payloadOf, sendByPath, start } = require('./send');
const { replyInfoOf, sendInfoOf } = require('./send_info');
const unix = require('./unix');

function checkObject(value, name) {
  if (value === null || typeof value !== 'object')
    throw invalidArgType(name, 'of type object', value);
}

const callbackOf = (value) => (typeof value === 'function' ? value : undefined);

// sendOne({ msg, port, address, localAddress, interface, typeOfService, ttl }[,
// callback]): send(msg, port, address, callback) with information.
function sendOne(message, callback) {
  const state = this[kState];
  checkObject(message, 'message');
  const connected = state.connectState === CONNECTED;
  let { port, address } = message;
  if (connected && (port || address)) throw misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  if (state.family === UNIX) {
    sendOneByPath(this, message, callback);
    return;
  }
  const parts = payloadOf(message.msg);
  port = connected ? undefined : validatePort(port);
  if (address != null) validateString(address, 'message.address');
  const info = sendInfoOf(state.family, message, 'message');
  callback = callbackOf(callback);
  healthCheck(this);
  submit(new Datagram(state, parts, port, address, callback, info), start);
}

function sendOneByPath(socket, message, callback) {
  unix.checkNoInfo(message, 'sendOne');
  sendByPath(socket, message.msg, message.path, callback);
}

function isPeer(state, address, port) {
  const peer = { address: undefined, family: undefined, port: undefined };
  return state.handle.address(peer, true) === 0 &&
    peer.address === address && (peer.port === port || port === null);
}

// Returns why the sender of a message cannot be answered, or null. The callback gets this
// error: if it were thrown, a forged datagram could end the program.
function refusalOf(state, address, port) {
  if (port === 0) return badPort('Port', 0, false);
  if (address === '') return systemError(EDESTADDRREQ, 'send'); // of a Unix socket
  if (state.connectState === CONNECTED && !isPeer(state, address, port))
    return misuse('ERR_SOCKET_DGRAM_IS_CONNECTED');
  return null;
}

function startReply(datagram) {
  const { state, address, port } = datagram;
  if (!state.handle) throw misuse('ERR_SOCKET_DGRAM_NOT_RUNNING');
  const refusal = refusalOf(state, address, port);
  if (refusal === null) {
    start(datagram);
    return;
  }
  datagram.fail(refusal);
  datagram.conclude();
}

// reply(rinfo, msg[, callback]): sends to the sender of a message, from the address that
// the message was sent to if the rinfo has it.
function reply(rinfo, msg, callback) {
  const state = this[kState];
  checkObject(rinfo, 'rinfo');
  const parts = payloadOf(msg);
  const { address } = rinfo;
  validateString(address, 'rinfo.address');
  const isUnix = state.family === UNIX;
  const port = isUnix ? null : validatePort(rinfo.port, 'rinfo.port', true);
  const info = isUnix ? null : replyInfoOf(state.family, rinfo);
  callback = callbackOf(callback);
  healthCheck(this);
  submit(new Datagram(state, parts, port, address, callback, info), startReply);
}

for (const [name, value] of Object.entries({ sendOne, reply })) {
  Object.defineProperty(Socket.prototype, name, {
    value, configurable: true, writable: true,
  });
}
