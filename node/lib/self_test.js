'use strict';
// Tests whether an addon works on this system: one that was built for it, but not run on
// it. The addon sends a datagram to itself, which takes less than a millisecond.

// Throws an error that says what is wrong.
function selfTest(addon) {
  const failure = addon.selfTest();
  if (failure !== undefined)
    throw new Error(`it does not work on this system: its test of itself failed (${failure})`);
}

module.exports = { selfTest };
