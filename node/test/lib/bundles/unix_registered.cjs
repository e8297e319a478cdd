'use strict';
// Prints the warning of libdgram/unix-dgram/register in a bundle.
process.emitWarning = (message) => console.log(JSON.stringify({ message }));
require('libdgram/unix-dgram/register');
