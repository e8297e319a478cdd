import promises from './promises.js';

export const { createSocket, PromiseSocket } = promises;
export default promises;
