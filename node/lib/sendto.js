'use strict';
// sendto(): send() with every argument in its place, for old programs.
const { validateNumber, validateString } = require('./validate');
const { Socket } = require('./socket');

Socket.prototype.sendto = function(buffer, offset, length, port, address,
                                   callback) {
  validateNumber(offset, 'offset');
  validateNumber(length, 'length');
  validateNumber(port, 'port');
  validateString(address, 'address');
  this.send(buffer, offset, length, port, address, callback);
};
