'use strict';
// node --import libdgram/register: replaces node:dgram by libdgram, for import and for
// require(). Where the addon is not used, node:dgram stays and one warning is emitted.
const { syncBuiltinESMExports } = require('node:module');
const isForbidden = require('./forbidden');
const host = require('./host');
const { isNative, reason } = require('./addon_or_fallback');

if (isNative) {
  const { createSocket, Socket } = require('./index.js');
  host.dgram.createSocket = createSocket;
  if (Socket !== host.Socket) require('./transfer').addInstances(Socket);
  host.dgram.Socket = Socket;
  syncBuiltinESMExports();
} else if (!isForbidden && require('node:worker_threads').isMainThread) {
  // Worker threads run this file, too.
  process.emitWarning(`node:dgram is not replaced: ${reason}.`, 'LibdgramWarning');
}
