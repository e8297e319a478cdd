'use strict';
// The options receiveBlockList and sendBlockList. node:net is loaded only when a socket has
// one of them, because it loads the streams.
const { invalidArgType } = require('./errors');

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

module.exports = { checkBlockList, runsCode };
