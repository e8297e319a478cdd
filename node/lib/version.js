'use strict';
// The version of the package, which the addon must have, too. `make check` compares it
// with the version of the library.
module.exports = '0.1.0';
