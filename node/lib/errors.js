'use strict';
// Errors with the base class, code, message and own properties that Node gives them.
const { inspect } = require('node:util');
const { errorText, hintFor } = require('./transport');
const { Map, isInteger, strings } = require('./builtins');
const numbers = require('./errno');
const { Error, RangeError, TypeError } = globalThis;
const { captureStackTrace } = Error;
const { defineProperties, defineProperty } = Object;
const { stringify } = JSON;
const { abs } = Math;

// Puts the code into the first line of the stack, but not into the name.
function makeStack(err, name, code, below) {
  defineProperty(err, 'name', {
    __proto__: null, value: `${name} [${code}]`, configurable: true,
  });
  captureStackTrace(err, below);
  try {
    err.stack; // eslint-disable-line no-unused-expressions -- creates it
  } catch {
    // Error.prepareStackTrace() of the program throws; it will again for a reader.
  }
  delete err.name;
}

const classes = new Map(); // by code

// Each code has a class that looks like its base class.
function makeClass(Base, code) {
  class Coded extends Base {
    toString() {
      return `${this.name} [${code}]: ${this.message}`;
    }
  }
  defineProperty(Coded.prototype, 'constructor', {
    __proto__: null, get: () => Base, configurable: true,
  });
  classes.set(code, Coded);
  return Coded;
}

function coded(Base, code, message) {
  const err = new (classes.get(code) ?? makeClass(Base, code))(message);
  makeStack(err, Base.name, code, coded);
  return defineProperty(err, 'code', {
    __proto__: null, value: code, enumerable: true, configurable: true, writable: true,
  });
}

// The text that describes a value after "Received".
function received(value) {
  if (value == null) return ` Received ${value}`;
  if (typeof value === 'function') return ` Received function ${value.name}`;
  if (typeof value === 'object') {
    if (value.constructor?.name)
      return ` Received an instance of ${value.constructor.name}`;
    return ` Received ${inspect(value, { depth: -1 })}`;
  }
  let text = inspect(value, { colors: false });
  if (typeof value === 'string') {
    const cut = value.length > 28 ? `${strings.slice(value, 0, 25)}...` : value;
    text = strings.includes(cut, "'") ? stringify(cut) : `'${cut}'`;
  }
  return ` Received type ${typeof value} (${text})`;
}

function invalidArgType(name, expected, value) {
  const kind = strings.includes(name, '.') ? 'property' : 'argument';
  return coded(TypeError, 'ERR_INVALID_ARG_TYPE',
               `The "${name}" ${kind} must be ${expected}.${received(value)}`);
}

function invalidArgValue(name, value, reason) {
  const kind = strings.includes(name, '.') ? 'property' : 'argument';
  return coded(TypeError, 'ERR_INVALID_ARG_VALUE',
               `The ${kind} '${name}' ${reason}. Received ${inspect(value)}`);
}

function grouped(value) {
  if (!isInteger(value) || abs(value) <= 2 ** 32)
    return `${value}`;
  return strings.replace(`${value}`, /\B(?=(\d{3})+$)/g, '_');
}

function outOfRange(name, range, value) {
  return coded(RangeError, 'ERR_OUT_OF_RANGE',
               `The value of "${name}" is out of range. It must be ${range}. ` +
               `Received ${grouped(value)}`);
}

const MISUSES = {
  ERR_SOCKET_ALREADY_BOUND: [Error, 'Socket is already bound'],
  ERR_SOCKET_BAD_BUFFER_SIZE: [TypeError,
                               'Buffer size must be a positive integer'],
  ERR_SOCKET_BAD_TYPE: [TypeError, 'Bad socket type specified. Valid types ' +
                                   'are: udp4, udp6'],
  ERR_SOCKET_DGRAM_IS_CONNECTED: [Error, 'Already connected'],
  ERR_SOCKET_DGRAM_NOT_CONNECTED: [Error, 'Not connected'],
  ERR_SOCKET_DGRAM_NOT_RUNNING: [Error, 'Not running'],
};

function misuse(code) {
  return coded(MISUSES[code][0], code, MISUSES[code][1]);
}

function badPort(name, port, allowZero) {
  return coded(RangeError, 'ERR_SOCKET_BAD_PORT',
               `${name} should be ${allowZero ? '>=' : '>'} 0 and < 65536.` +
               `${received(port)}.`);
}

// The core refuses these itself, where Node has, or would have, the code of a system call.
const SYSTEM_CODES = {
  __proto__: null, ERR_INVALID_ARG_VALUE: 'EINVAL', ERR_SOCKET_DGRAM_IS_CONNECTED: 'EISCONN',
};

function numberAndName(errno) {
  const name = errorText(errno, 0);
  const code = SYSTEM_CODES[name];
  return code ? { errno: numbers[code], code } : { errno, code: name };
}

// In the order in which Node sets them.
function setCall(err, errno, code, syscall) {
  err.errno = errno;
  err.code = code;
  err.syscall = syscall;
  return err;
}

// The error of a failed system call, with the message "SYSCALL CODE".
function systemError(number, syscall) {
  const { errno, code } = numberAndName(number);
  const err = new Error(`${syscall} ${code}${hintFor(code)}`);
  captureStackTrace(err, systemError);
  return setCall(err, errno, code, syscall);
}

// The error of an address whose interface was removed. Node throws it in C++, with the
// message "CODE: description, FUNCTION".
function zoneError(number) {
  const { errno, code } = numberAndName(number);
  const syscall = 'uv_if_indextoiid';
  const err = new Error(`${code}: ${errorText(number, 1)}, ${syscall}`);
  captureStackTrace(err, zoneError);
  return setCall(err, errno, code, syscall);
}

// An error of a system call with an address, and with the port unless it is 0 or undefined.
function hostPortError(number, syscall, address, port) {
  const { errno, code } = numberAndName(number);
  let details = '';
  if (port && port > 0)
    details = ` ${address}:${port}`;
  else if (address)
    details = ` ${address}`;
  const err = new Error(`${syscall} ${code}${details}${hintFor(code)}`);
  captureStackTrace(err, hostPortError);
  setCall(err, errno, code, syscall);
  err.address = address;
  if (port) err.port = port;
  return err;
}

// The class has this name in Node, too.
class NodeError extends Error {
  toString() {
    return `${this.name} [${this.code}]: ${this.message}`;
  }

  [inspect.custom](depth, options) {
    return inspect(this, { ...options, getters: true, customInspect: false });
  }
}

const accessor = (info, key) => ({
  __proto__: null,
  get() {
    return info[key];
  },
  set(value) {
    info[key] = value;
  },
  enumerable: true,
  configurable: true,
});

function bufferSizeError(errno, syscall) {
  const code = 'ERR_SOCKET_BUFFER_SIZE';
  const info = {
    errno,
    code: errorText(errno, 0),
    message: errorText(errno, 1),
    syscall,
  };
  const err = new NodeError('Could not get or set buffer size: ' +
                        `${syscall} returned ${info.code} (${info.message})`);
  makeStack(err, 'SystemError', code, bufferSizeError);
  return defineProperties(err, {
    name: {
      __proto__: null, value: 'SystemError', configurable: true, writable: true,
    },
    code: {
      __proto__: null, value: code, enumerable: true, configurable: true,
      writable: true,
    },
    info: { __proto__: null, value: info, enumerable: true, configurable: true },
    errno: accessor(info, 'errno'),
    syscall: accessor(info, 'syscall'),
  });
}

function blocked(address) {
  return coded(Error, 'ERR_IP_BLOCKED',
               `IP(${address}) is blocked by net.BlockList`);
}

// As Node's for an AbortSignal.
function abortError(signal) {
  const err = new Error('The operation was aborted', { cause: signal.reason });
  captureStackTrace(err, abortError);
  defineProperty(err, 'name', {
    __proto__: null, value: 'AbortError', configurable: true, writable: true,
    enumerable: true,
  });
  err.code = 'ABORT_ERR';
  return err;
}

module.exports = {
  abortError,
  badPort,
  blocked,
  bufferSizeError,
  coded,
  hostPortError,
  invalidArgType,
  invalidArgValue,
  misuse,
  outOfRange,
  systemError,
  zoneError,
};
