'use strict';
// Multicast memberships, and options of multicast datagrams.
const { coded, invalidArgType, invalidArgValue } = require('./errors');
const { hasOwn, strings } = require('./builtins');
const { validateInterface, validateNumber, validateString } = require('./validate');
const { healthCheck, kState } = require('./state');
const { check } = require('./options');
const { Socket } = require('./socket');
const { TypeError } = globalThis;

Socket.prototype.setMulticastTTL = function(ttl) {
  validateNumber(ttl, 'ttl');
  check(this[kState].handle.setMulticastTTL(ttl), 'setMulticastTTL');
  return ttl;
};

Socket.prototype.setMulticastLoopback = function(flag) {
  check(this[kState].handle.setMulticastLoopback(flag ? 1 : 0),
        'setMulticastLoopback');
  return flag;
};

// Beyond node:dgram: whether to also receive groups that only other sockets joined.
Socket.prototype.setMulticastAll = function(flag) {
  healthCheck(this);
  check(this[kState].handle.setMulticastAll(flag ? 1 : 0), 'setMulticastAll');
  return flag;
};
Object.defineProperty(Socket.prototype, 'setMulticastAll', { enumerable: false });

// Beyond node:dgram: an interface by name or index, as { interface: 'eth0' }. To Node any
// object is the text '[object Object]'.
function isNamed(value) {
  return value !== null && typeof value === 'object' && hasOwn(value, 'interface');
}

// The name or the index as text.
function nameOf({ interface: value }) {
  if (value === 'all')
    throw invalidArgValue('options.interface', value, 'is for addMembership() and ' +
                          'dropMembership() only');
  if (typeof value !== 'number' && typeof value !== 'string')
    throw invalidArgType('options.interface', 'of type string or number', value);
  validateInterface(value, 'options.interface');
  return `${value}`;
}

Socket.prototype.setMulticastInterface = function(interfaceAddress) {
  healthCheck(this);
  if (isNamed(interfaceAddress)) {
    check(this[kState].handle.setMulticastInterface(nameOf(interfaceAddress), true),
          'setMulticastInterface');
    return;
  }
  validateString(interfaceAddress, 'interfaceAddress');
  check(this[kState].handle.setMulticastInterface(textOf(interfaceAddress), false),
        'setMulticastInterface');
};

// The value as text up to a null byte, as C reads it.
function textOf(value) {
  const text = `${value}`;
  const end = strings.indexOf(text, '\0');
  return end < 0 ? text : strings.slice(text, 0, end);
}

const BY_ADDRESS = 0;
const BY_NAME = 1;
const ALL = 2;

function change(socket, call, join, source, group, interfaceAddress) {
  let how = BY_ADDRESS;
  let text = null;
  if (isNamed(interfaceAddress)) {
    how = source === null && interfaceAddress.interface === 'all' ? ALL : BY_NAME;
    if (how === BY_NAME) text = nameOf(interfaceAddress);
  } else if (interfaceAddress != null) {
    text = textOf(interfaceAddress);
  }
  check(socket[kState].handle.membership(
    join, source === null ? null : textOf(source), textOf(group), text, how), call);
}

function changeAny(socket, call, join, group, interfaceAddress) {
  healthCheck(socket);
  if (!group)
    throw coded(TypeError, 'ERR_MISSING_ARGS',
                'The "multicastAddress" argument must be specified');
  change(socket, call, join, null, group, interfaceAddress);
}

Socket.prototype.addMembership = function(multicastAddress,
                                          interfaceAddress) {
  changeAny(this, 'addMembership', true, multicastAddress, interfaceAddress);
};

Socket.prototype.dropMembership = function(multicastAddress,
                                           interfaceAddress) {
  changeAny(this, 'dropMembership', false, multicastAddress, interfaceAddress);
};

function changeSource(socket, call, join, source, group, interfaceAddress) {
  healthCheck(socket);
  validateString(source, 'sourceAddress');
  validateString(group, 'groupAddress');
  change(socket, call, join, source, group, interfaceAddress);
}

Socket.prototype.addSourceSpecificMembership = function(
  sourceAddress, groupAddress, interfaceAddress) {
  changeSource(this, 'addSourceSpecificMembership', true, sourceAddress,
               groupAddress, interfaceAddress);
};

Socket.prototype.dropSourceSpecificMembership = function(
  sourceAddress, groupAddress, interfaceAddress) {
  changeSource(this, 'dropSourceSpecificMembership', false, sourceAddress,
               groupAddress, interfaceAddress);
};

// Beyond node:dgram: the groups that the socket has joined.
Socket.prototype.getMemberships = function() {
  healthCheck(this);
  const list = [];
  check(this[kState].handle.memberships(list), 'getMemberships');
  return list;
};
Object.defineProperty(Socket.prototype, 'getMemberships', { enumerable: false });
