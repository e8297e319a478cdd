'use strict';
// createSocket and Socket. The other files add methods to Socket, in this order.
const { Socket, createSocket } = require('./socket');
require('./bind');
require('./connect');
require('./sendto');
require('./send');
require('./send_many');
require('./send_one');
require('./writable_state');
require('./pause');
require('./iterate');
require('./streams');
require('./close');
require('./detach');
require('./options');
require('./multicast');
require('./stats');
require('./legacy');
require('./transfer');

module.exports = { createSocket, Socket };
