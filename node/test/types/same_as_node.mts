// libdgram stands in for node:dgram: its types go where those of @types/node
// are wanted, and what programs wrote for node:dgram goes where libdgram's are.
import * as node from 'node:dgram';
import dgram, * as names from 'libdgram';
import { createSocket, Socket } from 'libdgram';
import type {
  BindOptions, RemoteInfo, SocketOptions, SocketType,
} from 'libdgram';
import 'libdgram/register';

// The module, by its default and by its names.
const asModule: Pick<typeof node, 'createSocket' | 'Socket'> = dgram;
const asNames: Pick<typeof node, 'createSocket' | 'Socket'> = names;
const asFunction: typeof node.createSocket = createSocket;
const asClass: typeof node.Socket = Socket;
void [asModule, asNames, asFunction, asClass];

// Sockets.
const own = createSocket('udp4');
const socket: node.Socket = own;
const chained: Socket = own.on('message', () => {}).bind().ref();
void [socket, chained];

// Options, both ways.
declare const nodeOptions: node.SocketOptions;
declare const ownOptions: SocketOptions;
createSocket(nodeOptions);
node.createSocket(ownOptions);
const bind: node.BindOptions = {} as BindOptions;
const bindToo: BindOptions = {} as node.BindOptions;
const type: node.SocketType = 'udp4' as SocketType;
const typeToo: SocketType = 'udp6' as node.SocketType;
void [bind, bindToo, type, typeToo];

// Listeners, both ways.
function onNode(msg: Buffer, rinfo: node.RemoteInfo): void {
  void [msg, rinfo];
}
function onOwn(msg: Buffer, rinfo: RemoteInfo): void {
  void [msg, rinfo];
}
createSocket('udp4', onNode).on('message', onNode);
node.createSocket('udp4', onOwn).on('message', onOwn);

// A function that was written for node:dgram.
function port(of: node.Socket): number {
  return of.address().port;
}
port(own);
