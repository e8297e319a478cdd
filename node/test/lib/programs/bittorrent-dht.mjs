// Three nodes of a DHT: one announces itself, another finds it through the third.
import DHT from 'bittorrent-dht';

const HASH = 'ab'.repeat(20);
const middle = new DHT({ bootstrap: false });
const nodes = [];

function join() {
  const node = new DHT({ bootstrap: [`127.0.0.1:${middle.address().port}`] });
  nodes.push(node);
  return new Promise((resolve) => node.once('ready', () => resolve(node)));
}

middle.listen(0, '127.0.0.1', async () => {
  const giver = await join();
  await new Promise((resolve, reject) =>
    giver.announce(HASH, 6881, (err) => (err ? reject(err) : resolve())));
  const seeker = await join();
  seeker.once('peer', ({ host, port }) => {
    console.log('peer', host, port);
    process.exit();
  });
  seeker.lookup(HASH);
});
