'use strict';
// libdgram: the exports of node:dgram, tos(), and whether the addon is used.
const host = require('./host');
const isForbidden = require('./forbidden');
const { isNative, reason } = require('./addon_or_fallback');

// Without the network the module is node:dgram itself, which refuses its calls.
const { createSocket, Socket } = isForbidden ? host : require('./dgram');

if (host._createSocketHandle)
  module.exports._createSocketHandle = host._createSocketHandle;
module.exports.createSocket = createSocket;
module.exports.Socket = Socket;
module.exports.tos = require('./tos');
module.exports.native = isNative;
module.exports.reason = reason;
