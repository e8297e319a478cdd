'use strict';
// nextTick() as node:dgram uses it. If a program has replaced it before the package was
// loaded, by that of a fake clock for example, the datagrams wait for the clock.
const host = require('node:process');
const { apply } = require('../builtins');

const hostNextTick = host.nextTick;

function nextTick() {
  apply(hostNextTick, host, arguments);
}

module.exports = { nextTick };
