'use strict';
// The options receiveBlockList and sendBlockList. node:net is loaded only when a socket has
// one of them, because it loads the streams.
const { invalidArgType } = require('./errors');
const isIP = require('./is_ip');

let nodesCheck = null; // BlockList.prototype.check

function checkBlockList(list, name) {
  if (!list) return;
  const { BlockList } = require('node:net');
  nodesCheck ??= BlockList.prototype.check;
  if (!BlockList.isBlockList?.(list) && !(list instanceof BlockList))
    throw invalidArgType(name, 'an net.BlockList', list);
}

// Whether checking an address against the list runs code of the program.
function runsCode(list) {
  return list !== null && list.check !== nodesCheck;
}

function isBlockedBy(list, ip) {
  return list !== null && list.check(ip, `ipv${isIP(ip)}`);
}

module.exports = { checkBlockList, isBlockedBy, runsCode };
