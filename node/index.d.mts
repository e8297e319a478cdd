import libdgram from './index.js';

export type {
  BindOptions, BindSyncOptions, Datagram, Outgoing, Payload, RecvInfo, RemoteInfo,
  SocketEventMap, SocketOptions, SocketType,
} from './index.js';
export { Socket, createSocket, tos } from './index.js';
export default libdgram;
