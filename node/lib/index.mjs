import dgram from './index.js';

export const { createSocket, Socket } = dgram;
export default dgram;
