'use strict';
// The parts of a type of service (IPv4 TOS, IPv6 traffic class). This file loads no addon,
// because the module has it also where node:dgram is used.
const { RangeError, TypeError } = globalThis;

function check(value, name, most) {
  if (typeof value !== 'number') {
    throw Object.assign(new TypeError(`The "${name}" argument must be of type number`),
                        { code: 'ERR_INVALID_ARG_TYPE' });
  }
  if (!(value >= 0 && value <= most && value % 1 === 0)) {
    throw Object.assign(new RangeError(`The value of "${name}" is out of range. It must ` +
      `be an integer >= 0 && <= ${most}. Received ${value}`), { code: 'ERR_OUT_OF_RANGE' });
  }
}

// tos(dscp[, ecn]): the type of service of a DSCP, 0 to 63, and the ECN bits, 0 to 3.
function tos(dscp, ecn = 0) {
  check(dscp, 'dscp', 63);
  check(ecn, 'ecn', 3);
  return dscp << 2 | ecn;
}

tos.dscp = function dscp(typeOfService) {
  check(typeOfService, 'typeOfService', 255);
  return typeOfService >> 2;
};

tos.ecn = function ecn(typeOfService) {
  check(typeOfService, 'typeOfService', 255);
  return typeOfService & 3;
};

module.exports = tos;
