'use strict';
// libdgram: createSocket and Socket, as node:dgram has them.
const host = require('./host');
const runtime = require('./runtime');

// Node of some versions can forbid a process the network (--permission without
// --allow-net); what it forbids an addon does not ask for. Then it is node:dgram
// itself, which refuses as it should; the addon may be forbidden, too.
const isForbidden = process.permission !== undefined &&
  process.allowedNodeEnvironmentFlags.has('--allow-net') &&
  !process.permission.has('net');
const isHosts = isForbidden || runtime !== null;
const { createSocket, Socket } = isHosts ? host : require('./dgram');

if (runtime !== null && require('node:worker_threads').isMainThread) {
  process.emitWarning(`libdgram does not run on ${runtime}: it is the dgram of ` +
                      `${runtime} itself.`, 'LibdgramWarning');
}

if (host._createSocketHandle)
  module.exports._createSocketHandle = host._createSocketHandle;
module.exports.createSocket = createSocket;
module.exports.Socket = Socket;
