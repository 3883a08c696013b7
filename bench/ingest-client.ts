import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { parseArgs } from 'node:util';

// Sends one body again and again over kept connections, one request at a time on each, and prints how long it took.
// Plain sockets: an HTTP client library would cost the machine more than the server that is measured.
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    body: { type: 'string', default: '' },
    connections: { type: 'string', default: '' },
    deliveries: { type: 'string', default: '' },
  },
});
const { hostname, port, host, pathname } = new URL(values.url);
const body = readFileSync(values.body);
const head = [
  `POST ${pathname} HTTP/1.1`,
  `host: ${host}`,
  'content-type: application/json',
  `content-length: ${body.length}`,
];
const request = Buffer.concat([Buffer.from(`${head.join('\r\n')}\r\n\r\n`), body]);
let left = Number(values.deliveries);

function connection(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let seen = '';
    const next = (): void => {
      if (left === 0) {
        socket.end();
        resolve();
        return;
      }
      left -= 1;
      socket.write(request);
    };
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.once('connect', next);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('the server closed a connection')));
    socket.on('data', (chunk: string) => {
      seen += chunk;
      const whole = wholeAnswer(seen);
      if (whole === null) return;
      if (whole.status !== 202) {
        socket.destroy();
        reject(new Error(`a delivery was answered ${whole.status}`));
        return;
      }
      seen = '';
      next();
    });
  });
}

/** The status of an answer that has come completely; its length stands in its head (RFC 9112, section 6.2). */
function wholeAnswer(text: string): { status: number } | null {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return null;
  const [, status] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? [];
  const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(text.slice(0, end + 2)) ?? [];
  if (status === undefined || length === undefined) throw new Error('the answer is not what was expected');
  return text.length < end + 4 + Number(length) ? null : { status: Number(status) };
}

const began = performance.now();
await Promise.all(Array.from({ length: Number(values.connections) }, connection));
process.stdout.write(`${JSON.stringify({ tookMs: performance.now() - began, waitedMs: 0 })}\n`);
