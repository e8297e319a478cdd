'use strict';
// The groups that a socket has joined. The host takes an interface by one of its
// addresses. 'all' means the interfaces that exist at the call.
const { familyOf } = require('../addresses');
const { inheritNothing, without } = require('../builtins');
const { interfaceAddress, list, nameOfAddress } = require('./interfaces');
const { EADDRNOTAVAIL, EINVAL, ENODEV } = require('./error_numbers');

const BY_NAME = 1; // as in ../multicast.js
const ALL = 2;

class Memberships {
  constructor(handle) {
    this.handle = handle;
    this.joined = []; // { group, source, address, all }
  }

  // The group is checked first, as in libuv. The host takes '' for a missing argument.
  change(join, source, group, text, how) {
    if (familyOf(group) === 0) return EINVAL;
    if (how === ALL) return this.changeAll(join, group);
    let address = text;
    if (how === BY_NAME) {
      address = interfaceAddress(text, familyOf(group));
      if (address === undefined) return ENODEV;
    }
    const code = this.handle.member(join, source, group, address);
    if (code >= 0) this.note(join, { group, source, address, all: false });
    return code;
  }

  // Succeeds if one interface does. Otherwise returns the code of the last one.
  changeAll(join, group) {
    let result = join ? ENODEV : EADDRNOTAVAIL;
    const addresses = join ? list(familyOf(group)) : this.joinedOnAll(group);
    for (let i = 0; i < addresses.length; i++) {
      const { address } = addresses[i];
      const code = this.handle.member(join, null, group, address);
      if (!join || code >= 0) this.note(join, { group, source: null, address, all: true });
      if (result < 0) result = code;
    }
    return result;
  }

  joinedOnAll(group) {
    return this.joined.filter((one) => one.all && one.group === group);
  }

  note(join, { group, source, address, all }) {
    const same = this.joined.find((one) => one.group === group && one.source === source &&
      one.address === address && one.all === all);
    if (join) this.joined[this.joined.length] = { group, source, address, all };
    else if (same !== undefined) this.joined = without(this.joined, same);
  }

  // As getMemberships() returns them.
  copyTo(out) {
    for (let i = 0; i < this.joined.length; i++) {
      const { group, source, address, all } = this.joined[i];
      const membership = { group, all };
      if (source !== null) membership.source = source;
      const name = nameOfAddress(address, familyOf(group));
      if (name !== undefined) membership.interface = name;
      out[out.length] = membership;
    }
    return 0;
  }
}

inheritNothing(Memberships);

module.exports = Memberships;
