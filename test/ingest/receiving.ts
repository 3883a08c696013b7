import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Delivery, Inbox } from '../../src/core/ports/inbox.ts';
import { StoreUnavailable } from '../../src/core/ports/ledger.ts';
import {
  DEFAULT_LIMITS,
  type Settings,
  type SourceKind,
  type SourceSettings,
} from '../../src/core/settings.ts';
import { createPublicServer } from '../../src/ingest/server.ts';
import { AT } from '../make.ts';

export function source(kind: SourceKind, secret: string | null, name = 'default'): SourceSettings {
  return { name, kind, cluster: { name: 'prod' }, secret, repeats: null };
}

/** A body of test/fixtures/ingest, as its sender sent it. */
export function fixture(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '..', 'fixtures', 'ingest', name));
}

/** The public listener over an inbox that keeps a delivery's id once, with what it logged and counted. */
export async function receiving(
  sources: readonly SourceSettings[],
  options: {
    full?: boolean;
    accepting?: boolean;
    inbox?: Pick<Inbox, 'put' | 'waiting'>;
    inboxDeliveries?: number;
    now?: string;
  } = {},
) {
  const stored: Delivery[] = [];
  const lines: string[] = [];
  const answers: [source: string, status: number][] = [];
  const log = (_about: object, message: string) => void lines.push(message);
  const settings: Settings = {
    slack: null,
    clusters: [],
    sources,
    teams: [],
    defaultResponder: null,
    openWhen: [],
    protectedNamespaces: [],
    breakGlass: null,
    maintenance: [],
    environments: [],
    database: ':memory:',
    audit: { everyMs: 3_600_000, headsFile: null },
    http: { host: '127.0.0.1', port: 0, adminHost: '127.0.0.1', adminPort: 0, tls: null },
    slashCommand: '/incident',
    folders: { runbooks: [], policies: [], services: [] },
    limits: {
      ...DEFAULT_LIMITS,
      bodyBytes: 4096,
      inboxDeliveries: options.inboxDeliveries ?? DEFAULT_LIMITS.inboxDeliveries,
    },
  };
  const app = await createPublicServer({
    settings,
    inbox: options.inbox ?? {
      waiting: async () => stored.length,
      async put(delivery) {
        if (options.full === true) throw new StoreUnavailable('the disk is full');
        if (!stored.some(({ id }) => id === delivery.id)) stored.push(delivery);
      },
    },
    log: { info: log, warn: log, error: log },
    now: () => options.now ?? AT,
    stored: () => {},
    accepting: () => options.accepting ?? true,
    answered: (name, status) => void answers.push([name, status]),
  });
  onTestFinished(() => app.close());
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    app.inject({
      method: 'POST',
      url: `/webhooks/${path}`,
      headers: { 'content-type': 'application/json', ...headers },
      payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
    });
  return { post, stored, lines, answers };
}
