import libdgram from './index.js';

export type {
  BindOptions, BindSyncOptions, Datagram, IterateOptions, Outgoing, Payload, RecvInfo,
  RemoteInfo, SocketEventMap, SocketIterator, SocketOptions, SocketType,
} from './index.js';
export { Socket, createSocket, tos } from './index.js';
export default libdgram;
