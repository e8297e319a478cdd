'use strict';
// nextTick() as node:dgram uses it. If a program has replaced it before the package was
// loaded, by that of a fake clock for example, the datagrams wait for the clock.
const { AsyncResource } = require('node:async_hooks');
const host = require('node:process');
const { apply, uncurryThis } = require('../builtins');

const hostNextTick = host.nextTick;
const runInAsyncScope = uncurryThis(AsyncResource.prototype.runInAsyncScope);

function nextTick() {
  apply(hostNextTick, host, arguments);
}

module.exports = { nextTick, runInAsyncScope };
