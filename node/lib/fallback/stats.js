'use strict';
// The counts of getStats() that JavaScript can know. Each send is one system call. The
// others remain 0.
const { inheritNothing } = require('../builtins');

class Stats {
  constructor() {
    this.datagramsReceived = 0;
    this.bytesReceived = 0;
    this.datagramsSent = 0;
    this.bytesSent = 0;
    this.sendCalls = 0;
    this.receiveDrops = -1; // unknown
    this.sendErrors = 0;
    this.receiveErrors = 0;
  }

  receive(msg) {
    this.datagramsReceived++;
    this.bytesReceived += msg.length;
  }

  send(err, length) {
    this.sendCalls++;
    if (err) {
      this.sendErrors++;
    } else {
      this.datagramsSent++;
      this.bytesSent += length;
    }
  }

  // One that was received, but could not be kept.
  drop() {
    this.receiveDrops = this.receiveDrops < 0 ? 1 : this.receiveDrops + 1;
  }

  // In the order of NAMES of ../stats.js.
  copyTo(counts) {
    counts[0] = this.datagramsReceived;
    counts[1] = this.bytesReceived;
    counts[2] = this.datagramsSent;
    counts[3] = this.bytesSent;
    counts[4] = this.sendCalls;
    counts[10] = this.receiveDrops;
    counts[11] = this.sendErrors;
    counts[12] = this.receiveErrors;
  }
}

inheritNothing(Stats);

module.exports = Stats;
