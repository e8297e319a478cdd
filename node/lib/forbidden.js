'use strict';
// Whether the process may not use the network. Some versions of Node can deny it
// (--permission without --allow-net), which would not stop an addon.
module.exports = process.permission !== undefined &&
  process.allowedNodeEnvironmentFlags.has('--allow-net') &&
  !process.permission.has('net');
