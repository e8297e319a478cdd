'use strict';
// node --import libdgram/register: replaces node:dgram by libdgram, for import and for
// require. If the addon cannot be loaded, nothing changes and one warning is emitted.
const { syncBuiltinESMExports } = require('node:module');
const host = require('./host');

try {
  const { createSocket, Socket } = require('./index.js');
  host.dgram.createSocket = createSocket;
  if (Socket !== host.Socket) require('./transfer').addInstances(Socket);
  host.dgram.Socket = Socket;
  syncBuiltinESMExports();
} catch (err) {
  // Worker threads run this, too; one warning is enough.
  if (require('node:worker_threads').isMainThread) {
    process.emitWarning(`${err.message} node:dgram is not replaced.`,
                        'LibdgramWarning');
  }
}
