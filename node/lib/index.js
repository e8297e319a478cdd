'use strict';
// libdgram: createSocket and Socket, as node:dgram has them.
const { Socket, createSocket } = require('./socket');
require('./bind');
require('./connect');
require('./sendto');
require('./send');
require('./send_many');
require('./inbox');
require('./close');
require('./options');
require('./multicast');
require('./legacy');
const host = require('./host');

// The workers of a cluster share sockets through node:dgram's own handles, so
// there it is node:dgram itself.
const shared = require('node:cluster').isWorker ? host :
  { createSocket, Socket };

if (host._createSocketHandle)
  module.exports._createSocketHandle = host._createSocketHandle;
module.exports.createSocket = shared.createSocket;
module.exports.Socket = shared.Socket;
