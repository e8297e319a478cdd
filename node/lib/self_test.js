'use strict';
// Throws an error that says what is wrong if the addon does not work on this system.
function selfTest() {}

module.exports = { selfTest };
