'use strict';
// Checks of arguments.
const isIP = require('./is_ip');
const { badPort, coded, invalidArgType, invalidArgValue, outOfRange } =
  require('./errors');
const {
  bytesOfText, dataView, isBuffer, isInteger, isView, strings, typedArray,
} = require('./builtins');
const { lengthOf, part } = require('./views');
const { isNew } = require('./host');
const { Array, RangeError } = globalThis;

// Returns the port as a number. As in Node, numeric strings such as '0x9' are valid.
function validatePort(port, name = 'Port', allowZero = false) {
  if (typeof port === 'number' && port > 0 && port <= 0xffff &&
      (port | 0) === port)
    return port;
  if ((typeof port !== 'number' && typeof port !== 'string') ||
      (typeof port === 'string' && strings.trim(port).length === 0) ||
      +port !== (+port >>> 0) || +port > 0xffff ||
      ((isNew ? +port === 0 : port === 0) && !allowZero))
    throw badPort(name, port, allowZero);
  return +port | 0;
}

function validateString(value, name) {
  if (typeof value !== 'string')
    throw invalidArgType(name, 'of type string', value);
}

function validateNumber(value, name) {
  if (typeof value !== 'number')
    throw invalidArgType(name, 'of type number', value);
}

function validateFunction(value, name) {
  if (typeof value !== 'function')
    throw invalidArgType(name, 'of type function', value);
}

function validateInteger(value, name, least, most) {
  validateNumber(value, name);
  if (!isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < least || value > most)
    throw outOfRange(name, `>= ${least} && <= ${most}`, value);
}

function validateUint32(value, name) {
  validateInteger(value, name, 0, 4294967295);
}

// The name or the index of a network interface.
function validateInterface(value, name) {
  if (typeof value === 'number') {
    validateInteger(value, name, 1, 0x7fffffff);
    return;
  }
  if (typeof value !== 'string')
    throw invalidArgType(name, 'one of type string or number', value);
  if (value === '' || strings.includes(value, '\0'))
    throw invalidArgValue(name, value, 'must be the name or the index of an interface');
}

// For calls that do not resolve names.
function checkLiteral(address, name, call) {
  validateString(address, name);
  if (isIP(address) === 0)
    throw invalidArgValue(name, address, 'must be a numeric IP address; ' +
                          `${call} does not perform DNS resolution`);
}

const BUFFER_KINDS =
  'of type string or an instance of Buffer, TypedArray, or DataView';

// The part of a payload that offset and length select.
function slice(buffer, offset, length) {
  if (typeof buffer === 'string')
    buffer = bytesOfText(buffer);
  else if (!isView(buffer))
    throw invalidArgType('buffer', BUFFER_KINDS, buffer);
  offset >>>= 0;
  length >>>= 0;
  const size = typedArray.kind(buffer) === undefined ? dataView.byteLength(buffer) :
    typedArray.byteLength(buffer); // that of a detached DataView throws, as in Node
  if (offset > size)
    throw coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS',
                '"offset" is outside of buffer bounds');
  if (offset + length > size)
    throw coded(RangeError, 'ERR_BUFFER_OUT_OF_BOUNDS',
                '"length" is outside of buffer bounds');
  return part(buffer, offset, length);
}

// Copies the list of a payload's parts: strings are converted to bytes, views keep their
// memory, and Buffers are kept. Returns null if an element is neither.
function fixList(list) {
  const { length } = list; // getters of the list may change it
  const out = new Array(length);
  for (let i = 0; i < length; i++) {
    const element = list[i];
    if (typeof element === 'string') out[i] = bytesOfText(element);
    else if (!isView(element)) return null;
    else out[i] = isBuffer(element) ? element : part(element, 0, lengthOf(element));
  }
  return out;
}

module.exports = {
  BUFFER_KINDS,
  checkLiteral,
  fixList,
  slice,
  validateFunction,
  validateInteger,
  validateInterface,
  validateNumber,
  validatePort,
  validateString,
  validateUint32,
};
