import libdgram = require('./index.js');

export import createSocket = libdgram.createSocket;
export import Socket = libdgram.Socket;
export default libdgram;
