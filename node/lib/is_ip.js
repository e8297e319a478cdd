'use strict';
// isIP() of node:net. Loading node:net would also load the streams, which takes two
// milliseconds.
const { strings, uncurryThis } = require('./builtins');

const codeAt = uncurryThis(String.prototype.charCodeAt); // NaN at the end
const HYPHEN = 45;
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const LOWER_A = 97;
const LOWER_F = 102;
const LOWER_Z = 122;
const LOWER_CASE = 32; // the bit that makes a letter lower-case
const GROUPS = 8; // of an IPv6 address

const isDigit = (code) => code >= ZERO && code <= NINE;
const isLetter = (code, last) =>
  (code | LOWER_CASE) >= LOWER_A && (code | LOWER_CASE) <= last;
const isHexDigit = (code) => isDigit(code) || isLetter(code, LOWER_F);

// Returns the end of the number that begins at `at`, or -1. The number is 0 to 255, without
// leading zeros.
function endOfByte(text, at) {
  let value = 0;
  let end = at;
  for (let code; end - at < 3 && isDigit(code = codeAt(text, end)); end++)
    value = value * 10 + code - ZERO;
  const isByte = end > at && value <= 255 && (end === at + 1 || codeAt(text, at) !== ZERO);
  return isByte ? end : -1;
}

// Whether the text from `at` to `end` is an IPv4 address.
function isIPv4(text, at, end) {
  for (let left = 3; left > 0; left--) {
    at = endOfByte(text, at);
    if (at < 0 || codeAt(text, at++) !== DOT) return false;
  }
  return endOfByte(text, at) === end;
}

// Returns the end of up to four hexadecimal digits.
function endOfGroup(text, at) {
  let end = at;
  while (end - at < 4 && isHexDigit(codeAt(text, end))) end++;
  return end;
}

function isDoubleColon(text, at) {
  return codeAt(text, at) === COLON && codeAt(text, at + 1) === COLON;
}

// Whether the text up to `end` is an IPv6 address. An IPv4 address may be its last two
// groups, and a double colon stands for one group or more.
function isIPv6(text, end) {
  let groups = 0;
  let at = isDoubleColon(text, 0) ? 2 : 0;
  let isCompressed = at === 2;
  while (at < end) {
    if (isIPv4(text, at, end)) {
      groups += 2;
      break;
    }
    const next = endOfGroup(text, at);
    if (next === at) return false;
    groups++;
    at = next;
    if (at === end) break;
    if (codeAt(text, at) !== COLON) return false;
    const isDouble = isDoubleColon(text, at);
    at += isDouble ? 2 : 1;
    if (isDouble ? isCompressed : at >= end) return false;
    isCompressed ||= isDouble;
  }
  return isCompressed ? groups < GROUPS : groups === GROUPS;
}

// Whether the text from `at` on, behind the percent sign, may be the name of a zone.
function isZone(text, at) {
  if (at === text.length) return false;
  for (; at < text.length; at++) {
    const code = codeAt(text, at);
    if (!isDigit(code) && !isLetter(code, LOWER_Z) && code !== HYPHEN && code !== DOT &&
        code !== COLON)
      return false;
  }
  return true;
}

// Returns 4, 6 or 0. node:net converts other values to strings.
function isIP(text) {
  if (typeof text !== 'string') return require('node:net').isIP(text);
  if (isIPv4(text, 0, text.length)) return 4;
  const percent = strings.indexOf(text, '%');
  if (percent >= 0 && !isZone(text, percent + 1)) return 0;
  return isIPv6(text, percent < 0 ? text.length : percent) ? 6 : 0;
}

module.exports = isIP;
