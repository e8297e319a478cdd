// A CoAP server and its client: a question and its answer.
import coap from 'coap';

const server = coap.createServer((request, response) => {
  response.end(`${request.method} ${request.url}`);
});
server.listen(0, '127.0.0.1', () => {
  const { port } = server._sock.address();
  const request = coap.request({ host: '127.0.0.1', port, pathname: '/light' });
  request.on('response', (response) => {
    console.log('answer', response.code, `${response.payload}`);
    process.exit();
  });
  request.end();
});
