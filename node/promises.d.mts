import promises from './promises.js';

export type { ReceiveOptions, UnixPromiseSocket } from './promises.js';
export { PromiseSocket, createSocket } from './promises.js';
export default promises;
