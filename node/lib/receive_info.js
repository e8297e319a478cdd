'use strict';
// The information about received datagrams (info_flags.js), as the addon writes it: a row for
// each datagram of a slab.
const { inheritNothing } = require('./builtins');
const { nameOf } = require('./interfaces');
const { INFO, kReplyFrom } = require('./info_flags');
const { BigUint64Array, Int32Array } = globalThis;

// The fields of a row, as in src/receive_info.c.
const VALID = 0;
const LOCAL = 1;
const INTERFACE = 2;
const TOS = 3;
const TTL = 4;
const REPLY_FROM = 5;
const TIMESTAMP = 6; // two fields
const PID = 1; // instead of LOCAL, INTERFACE and TOS
const UID = 2;
const GID = 3;
const FIELDS = 8;

const OTHER_TEXT = -1;
const SAME_ADDRESS = -2;

// The rows of a slab.
class Rows {
  constructor({ infos, infoTexts }, addresses) {
    this.addresses = addresses; // texts
    this.fields = new Int32Array(infos);
    this.times = new BigUint64Array(infos);
    this.texts = infoTexts; // two for each datagram, not in `addresses`
  }

  #textOf(index, at) {
    return index === OTHER_TEXT ? this.texts[at] : this.addresses[index];
  }

  // Adds to an rinfo what is known about its datagram.
  addTo(rinfo, position) {
    const { fields } = this;
    const row = position * FIELDS;
    const valid = fields[row + VALID];
    if (valid & INFO.localAddress)
      rinfo.localAddress = this.#textOf(fields[row + LOCAL], position * 2);
    if (valid & INFO.interface) rinfo.interface = nameOf(fields[row + INTERFACE]);
    if (valid & INFO.typeOfService) rinfo.typeOfService = fields[row + TOS];
    if (valid & INFO.ttl) rinfo.ttl = fields[row + TTL];
    if (valid & INFO.timestamp) rinfo.timestamp = this.times[(row + TIMESTAMP) / 2];
    if (valid & INFO.credentials) {
      rinfo.pid = fields[row + PID];
      rinfo.uid = fields[row + UID] >>> 0;
      rinfo.gid = fields[row + GID] >>> 0;
    }
    const source = fields[row + REPLY_FROM];
    if ((valid & INFO.localAddress) && source !== SAME_ADDRESS)
      rinfo[kReplyFrom] = this.#textOf(source, position * 2 + 1);
    return rinfo;
  }

  // Whether the datagram has the same information as the one before it.
  continues(position) {
    const { fields } = this;
    const row = position * FIELDS;
    if (fields[row + LOCAL] === OTHER_TEXT || fields[row + REPLY_FROM] === OTHER_TEXT)
      return false;
    for (let i = 0; i < FIELDS; i++)
      if (fields[row + i] !== fields[row + i - FIELDS]) return false;
    return true;
  }
}

inheritNothing(Rows);

module.exports = Rows;
