'use strict';
// The options of createSocket() that node:dgram does not have.
const { invalidArgType, invalidArgValue, outOfRange } = require('./errors');
const { hasOwn, isArray } = require('./builtins');
const { INFO, supportedInfo } = require('./info_flags');
const { validateUint32 } = require('./validate');

const OFFLOADS = { __proto__: null, auto: 0, off: 1, on: 2 }; // enum dgram_offload
const STEERINGS = { __proto__: null, cpu: 1, source: 2 }; // enum dgram_steering
const INFO_NAMES = `is unknown, must be one of: '${Object.keys(INFO).join("', '")}'`;
const objectPrototype = Object.prototype;
const { keys } = Object;

// A property that a program added to Object.prototype is not taken for an option.
function ownOption(options, name) {
  const value = options[name];
  if (value === undefined) return undefined;
  return value === objectPrototype[name] && !hasOwn(options, name) ? undefined : value;
}

function readChoice(options, name, choices, list) {
  const value = ownOption(options, name);
  if (value === undefined) return 0;
  const number = typeof value === 'string' ? choices[value] : undefined;
  if (number === undefined)
    throw invalidArgValue(`options.${name}`, value, `must be one of: ${list}`);
  return number;
}

function readUint32(options, name) {
  const value = ownOption(options, name);
  if (value === undefined) return 0;
  validateUint32(value, `options.${name}`);
  return value;
}

function checkInfoNames(value) {
  const names = keys(value);
  for (let i = 0; i < names.length; i++) {
    const name = names[i];
    if (INFO[name] === undefined)
      throw invalidArgValue(`options.recvInfo.${name}`, value[name], INFO_NAMES);
  }
}

// The members of INFO that an rinfo has.
function readRecvInfo(options, type) {
  const value = ownOption(options, 'recvInfo') ?? false;
  if (typeof value === 'boolean') return value ? supportedInfo(type) : 0;
  if (typeof value !== 'object' || isArray(value))
    throw invalidArgType('options.recvInfo', 'of type boolean or object', value);
  checkInfoNames(value);
  let asked = 0;
  for (const name in INFO) {
    const flag = ownOption(value, name) ?? false;
    if (typeof flag !== 'boolean')
      throw invalidArgType(`options.recvInfo.${name}`, 'of type boolean', flag);
    if (flag) asked |= INFO[name];
  }
  return asked & supportedInfo(type);
}

// Checks that a socket that is steered shares its port, and with how many.
function checkSteering(options, sockets) {
  if (!options.reusePort)
    throw invalidArgValue('options.steering', options.steering,
                          'needs options.reusePort');
  if (sockets < 1 || sockets > 0xffff)
    throw outOfRange('options.steeringSockets', '>= 1 && <= 65535', sockets);
}

function readOwnOptions(options, type) {
  const own = {
    __proto__: null,
    pooled: !!ownOption(options, 'pooled'),
    deferSends: !!ownOption(options, 'deferSends'),
    offload: readChoice(options, 'offload', OFFLOADS, "'auto', 'off', 'on'"),
    segmentsMax: readUint32(options, 'segmentsMax'),
    pathErrors: !!ownOption(options, 'pathErrors'),
    busyPoll: readUint32(options, 'busyPoll'),
    steering: readChoice(options, 'steering', STEERINGS, "'cpu', 'source'"),
    steeringSockets: readUint32(options, 'steeringSockets'),
    recvInfo: readRecvInfo(options, type),
    sendHighWaterMark: readUint32(options, 'sendHighWaterMark'),
    lookupTTL: readUint32(options, 'lookupTTL'),
  };
  if (own.lookupTTL !== 0 && options.lookup !== undefined)
    throw invalidArgValue('options.lookupTTL', own.lookupTTL,
                          'cannot be combined with options.lookup');
  if (own.steering !== 0) checkSteering(options, own.steeringSockets);
  return own;
}

const nameOf = (choices, number) => {
  for (const name in choices) if (choices[name] === number) return name;
};

// The options that another thread needs for a socket like this one: those that were
// given, except functions and objects that cannot be cloned. Steering is left out: the
// port keeps it.
function givenOptions(own) {
  const given = {};
  for (const name of [
    'pooled', 'deferSends', 'segmentsMax', 'pathErrors', 'busyPoll', 'sendHighWaterMark',
    'lookupTTL',
  ])
    if (own[name]) given[name] = own[name];
  if (own.offload !== 0) given.offload = nameOf(OFFLOADS, own.offload);
  if (own.recvInfo !== 0) {
    given.recvInfo = {};
    for (const name in INFO)
      if (own.recvInfo & INFO[name]) given.recvInfo[name] = true;
  }
  return given;
}

module.exports = { givenOptions, readOwnOptions };
