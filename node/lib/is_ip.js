'use strict';
// isIP() of node:net, without loading that: it loads the streams, which takes two
// milliseconds.
const { strings, uncurryThis } = require('./builtins');

const codeAt = uncurryThis(String.prototype.charCodeAt); // NaN at the end
const DOT = 46;
const ZERO = 48;
const NINE = 57;
const COLON = 58;
const PERCENT = 37;
const GROUPS = 8; // of an IPv6 address

const isDigit = (code) => code >= ZERO && code <= NINE;
// The bit 32 makes letters lower-case.
const isLetter = (code, last) => (code | 32) >= 97 && (code | 32) <= last;
const isHexDigit = (code) => isDigit(code) || isLetter(code, 102);

// Returns where the number that begins there ends, or -1: 0 to 255, without zeros before it.
function endOfByte(text, at) {
  let value = 0;
  let end = at;
  for (let code; end - at < 3 && isDigit(code = codeAt(text, end)); end++)
    value = value * 10 + code - ZERO;
  const isByte = end > at && value <= 255 && (end === at + 1 || codeAt(text, at) !== ZERO);
  return isByte ? end : -1;
}

// Whether the text from there to `end` is an IPv4 address.
function isIPv4(text, at, end) {
  for (let left = 3; left > 0; left--) {
    at = endOfByte(text, at);
    if (at < 0 || codeAt(text, at++) !== DOT) return false;
  }
  return endOfByte(text, at) === end;
}

function endOfGroup(text, at) {
  let end = at;
  while (end - at < 4 && isHexDigit(codeAt(text, end))) end++;
  return end;
}

function isPair(text, at) {
  return codeAt(text, at) === COLON && codeAt(text, at + 1) === COLON;
}

// Whether the text up to `end` is an IPv6 address. An IPv4 address may be its last two
// groups, and a double colon stands for one group or more.
function isIPv6(text, end) {
  let groups = 0;
  let at = isPair(text, 0) ? 2 : 0;
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
    const isHere = isPair(text, at);
    at += isHere ? 2 : 1;
    if (isHere ? isCompressed : at >= end) return false;
    isCompressed ||= isHere;
  }
  return isCompressed ? groups < GROUPS : groups === GROUPS;
}

// Whether the rest of the text, behind the percent sign, may be the name of a zone.
function isZone(text, at) {
  if (at === text.length) return false;
  for (; at < text.length; at++) {
    const code = codeAt(text, at);
    if (!isDigit(code) && !isLetter(code, 122) && code !== 45 && code !== DOT &&
        code !== COLON)
      return false;
  }
  return true;
}

// Returns 4, 6 or 0. node:net takes everything as a text.
function isIP(text) {
  if (typeof text !== 'string') return require('node:net').isIP(text);
  if (isIPv4(text, 0, text.length)) return 4;
  const percent = strings.indexOf(text, '%');
  if (percent >= 0 && !isZone(text, percent + 1)) return 0;
  return isIPv6(text, percent < 0 ? text.length : percent) ? 6 : 0;
}

module.exports = isIP;
