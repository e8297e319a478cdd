'use strict';
// The version of the package. The addon must have the same. `make check` compares it
// with that of the library.
module.exports = '0.1.0';
