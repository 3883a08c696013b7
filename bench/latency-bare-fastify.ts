import { WebClient } from '@slack/web-api';
import { fastify } from 'fastify';

// The least that can follow a webhook: answer, and make the one call that firstmate makes first.
const [apiUrl = '', token = ''] = process.argv.slice(2);
const client = new WebClient(token, { slackApiUrl: apiUrl });
const app = fastify({ logger: false });
let count = 0;
app.post('/', (_request, reply) => {
  count += 1;
  client.conversations
    .create({ name: `bare-${count}` })
    .catch((error: unknown) => process.stderr.write(`the bare handler's call failed: ${String(error)}\n`));
  return reply.code(202).send({});
});
process.stdout.write(`${JSON.stringify({ url: await app.listen({ host: '127.0.0.1', port: 0 }) })}\n`);
