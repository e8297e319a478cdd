// From CommonJS, with the module as a value and as a namespace of types.
import dgram = require('libdgram');

const options: dgram.SocketOptions = { type: 'udp4', pooled: true };
const socket: dgram.Socket = dgram.createSocket(options);
const onMessage = (msg: Buffer, rinfo: dgram.RemoteInfo) =>
  void [msg, rinfo.port];
socket.on('message', onMessage).bind();
const many: dgram.Outgoing[] = [{ msg: 'x', port: 1 }];
socket.sendMany(many);
const why: string = dgram.native ? '' : dgram.reason ?? '';
void why;
class Own extends dgram.Socket {}
void Own;
import promises = require('libdgram/promises');

void promises.createSocket('udp4').close();
