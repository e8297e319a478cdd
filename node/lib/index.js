'use strict';
// libdgram: createSocket and Socket, as node:dgram has them.
const host = require('./host');

// Node of some versions can forbid a process the network (--permission without
// --allow-net); what it forbids an addon does not ask for.
const isForbidden = process.permission !== undefined &&
  process.allowedNodeEnvironmentFlags.has('--allow-net') &&
  !process.permission.has('net');

// The workers of a cluster share sockets through node:dgram's own handles, so
// there it is node:dgram itself. So it is where it has to refuse everything, and
// where the addon may then be forbidden, too.
const { createSocket, Socket } =
  require('node:cluster').isWorker || isForbidden ? host : require('./dgram');

if (host._createSocketHandle)
  module.exports._createSocketHandle = host._createSocketHandle;
module.exports.createSocket = createSocket;
module.exports.Socket = Socket;
