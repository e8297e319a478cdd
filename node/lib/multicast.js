'use strict';
// Multicast memberships, and options of multicast datagrams.
const { coded } = require('./errors');
const { strings } = require('./builtins');
const { validateNumber, validateString } = require('./validate');
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

Socket.prototype.setMulticastInterface = function(interfaceAddress) {
  healthCheck(this);
  validateString(interfaceAddress, 'interfaceAddress');
  check(this[kState].handle.setMulticastInterface(textOf(interfaceAddress)),
        'setMulticastInterface');
};

// The value as text up to a null byte, as C reads it.
function textOf(value) {
  const text = `${value}`;
  const end = strings.indexOf(text, '\0');
  return end < 0 ? text : strings.slice(text, 0, end);
}

function change(socket, call, join, source, group, interfaceAddress) {
  check(socket[kState].handle.membership(
    join, source === null ? null : textOf(source), textOf(group),
    interfaceAddress == null ? null : textOf(interfaceAddress)), call);
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
