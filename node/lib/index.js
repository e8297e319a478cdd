'use strict';
// libdgram: the exports of node:dgram, and tos().
const host = require('./host');
const runtime = require('./runtime');

// Some versions of Node can deny a process the network (--permission without
// --allow-net). That would not stop an addon, so the module is node:dgram itself then.
// Addons may be denied, too.
const isForbidden = process.permission !== undefined &&
  process.allowedNodeEnvironmentFlags.has('--allow-net') &&
  !process.permission.has('net');
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
