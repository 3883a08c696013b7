// Lets this machine into the demo's container: node demo-door.mjs FROM TO forwards every connection on port FROM, of
// any address, to port TO on loopback. Publish FROM on the host's own loopback only: the demo asks nobody who they are.
import { connect, createServer } from 'node:net';

const [from, to] = process.argv.slice(2).map(Number);

const door = createServer((outside) => {
  const inside = connect(to, '127.0.0.1');
  // A side that breaks off ends the other; there is nobody else to tell.
  outside.on('error', () => inside.destroy());
  inside.on('error', () => outside.destroy());
  outside.pipe(inside).pipe(outside);
});
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(0));
door.listen(from, () => process.stdout.write(`port ${door.address().port} leads to port ${to}\n`));
