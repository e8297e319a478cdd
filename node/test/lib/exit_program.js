'use strict';
// exit_program.js MODULE PORT PROGRAM: runs the source text PROGRAM, with the module as
// `dgram` and with `port`.
const [name, port, program] = process.argv.slice(2);
new Function('require', '__filename', 'dgram', 'port', program)(
  require, __filename, require(name), +port);
