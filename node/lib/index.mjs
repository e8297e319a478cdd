import dgram from './index.js';

export const { createSocket, Socket, tos } = dgram;
export default dgram;
