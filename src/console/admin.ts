import { type FastifyInstance, fastify } from 'fastify';
import type { Registry } from 'prom-client';

/** The admin listener: health, readiness and metrics. Not yet listening; the console's pages will be added here. */
export function createAdminServer(about: {
  /** Null when ready, else what is missing. */
  readonly notReady: () => string | null;
  readonly metrics: Registry;
}): FastifyInstance {
  const app = fastify({ logger: false });
  app.get('/healthz', (_request, reply) => reply.type('text/plain').send('ok\n'));
  app.get('/readyz', (_request, reply) => {
    const missing = about.notReady();
    return reply
      .code(missing === null ? 200 : 503)
      .type('text/plain')
      .send(`${missing ?? 'ok'}\n`);
  });
  app.get('/metrics', async (_request, reply) =>
    reply.type(about.metrics.contentType).send(await about.metrics.metrics()),
  );
  return app;
}
