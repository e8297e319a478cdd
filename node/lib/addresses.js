'use strict';
// Texts of IP addresses, as libuv reads them.
const isIP = require('./is_ip');
const { strings } = require('./builtins');

// Returns 4 or 6, or 0 for a text that is not an address. Only IPv6 addresses may have a
// scope, and an unknown one is accepted here.
function familyOf(address) {
  const end = strings.indexOf(address, '%');
  return isIP(address) ||
    (end >= 0 && isIP(strings.slice(address, 0, end)) === 6 ? 6 : 0);
}

// The text up to a null byte, as C reads it.
function untilNull(text) {
  const end = strings.indexOf(text, '\0');
  return end < 0 ? text : strings.slice(text, 0, end);
}

module.exports = { familyOf, untilNull };
