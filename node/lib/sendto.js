'use strict';
// sendto(), for old programs: send() with a fixed position for each argument.
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
