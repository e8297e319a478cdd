'use strict';
// Whether Node's permissions deny the network to this process (--permission without
// --allow-net). Node does not check the system calls of an addon.
module.exports = process.permission !== undefined &&
  process.allowedNodeEnvironmentFlags.has('--allow-net') &&
  !process.permission.has('net');
