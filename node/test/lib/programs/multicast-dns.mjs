// Two speakers of mDNS on the loopback interface: a question and its answer.
import mdns from 'multicast-dns';

const options = { interface: '127.0.0.1', bind: '0.0.0.0' };
const server = mdns(options);
const client = mdns(options);

server.on('query', ({ questions }) => {
  if (questions.some(({ name }) => name === 'brunhilde.local')) {
    server.respond([
      { name: 'brunhilde.local', type: 'A', ttl: 300, data: '192.0.2.5' },
    ]);
  }
});
client.on('response', ({ answers }) => {
  console.log('answer', answers[0].name, answers[0].data);
  process.exit();
});
client.on('ready', () => client.query('brunhilde.local', 'A'));
