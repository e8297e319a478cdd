'use strict';
// node --import libdgram/register: node:dgram is libdgram from here on, for
// import and for require. Where the addon cannot be loaded nothing changes, and
// one warning says so.
const { syncBuiltinESMExports } = require('node:module');
const dgram = require('node:dgram');
const host = require('./host');

try {
  const { createSocket, Socket } = require('./index.js');
  dgram.createSocket = createSocket;
  if (Socket !== host.Socket) require('./transfer').addInstances(Socket);
  dgram.Socket = Socket;
  syncBuiltinESMExports();
} catch (err) {
  // Worker threads come here, too: the process has been told.
  if (require('node:worker_threads').isMainThread) {
    process.emitWarning(`${err.message} node:dgram stays as it is.`,
                        'LibdgramWarning');
  }
}
