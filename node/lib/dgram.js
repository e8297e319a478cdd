'use strict';
// createSocket and Socket with all of its methods, in the order that matters.
const { Socket, createSocket } = require('./socket');
require('./bind');
require('./connect');
require('./sendto');
require('./send');
require('./send_many');
require('./receive');
require('./close');
require('./options');
require('./multicast');
require('./legacy');
require('./transfer');

module.exports = { createSocket, Socket };
