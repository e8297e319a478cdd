'use strict';
// libdgram: the exports of node:dgram, and tos().
const host = require('./host');
const isForbidden = require('./forbidden');
const runtime = require('./runtime');

// Without the network the module is node:dgram itself. Addons may be denied, too.
const isHosts = isForbidden || runtime !== null;
const { createSocket, Socket } = isHosts ? host : require('./dgram');

if (runtime !== null && require('node:worker_threads').isMainThread) {
  process.emitWarning(`libdgram does not run on ${runtime}: it exports the ` +
                      `node:dgram of ${runtime}.`, 'LibdgramWarning');
}

if (host._createSocketHandle)
  module.exports._createSocketHandle = host._createSocketHandle;
module.exports.createSocket = createSocket;
module.exports.Socket = Socket;
module.exports.tos = require('./tos');
