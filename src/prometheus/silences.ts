import { Ajv } from 'ajv';
import { oneLine } from '../core/one-line.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Silences } from '../core/ports/silences.ts';
import { redactText } from '../core/redact.ts';
import type { Matcher } from '../core/runbook.ts';
import type { ClusterSettings } from '../core/settings.ts';
import type { Silence } from '../core/silenced.ts';
import { getJson } from './get-json.ts';

/** `gettableSilences` of Alertmanager's API v2 (https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml). */
type Listed = {
  readonly id: string;
  readonly status: { readonly state: string };
  readonly matchers: readonly {
    readonly name: string;
    readonly value: string;
    readonly isRegex: boolean;
    /** Left out by versions before 0.22, which know equality alone. */
    readonly isEqual?: boolean;
  }[];
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: string;
  readonly endsAt: string;
};

const TEXT = { type: 'string' } as const;
const ajv = new Ajv({ strict: true });
ajv.addFormat('instant', (time: string) => !Number.isNaN(Date.parse(time)));
const TIME = { type: 'string', format: 'instant' } as const;
const isListed = ajv.compile<readonly Listed[]>({
  type: 'array',
  items: {
    type: 'object',
    required: ['id', 'status', 'matchers', 'createdBy', 'comment', 'startsAt', 'endsAt'],
    properties: {
      id: TEXT,
      status: { type: 'object', required: ['state'], properties: { state: TEXT } },
      matchers: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'value', 'isRegex'],
          properties: { name: TEXT, value: TEXT, isRegex: { type: 'boolean' }, isEqual: { type: 'boolean' } },
        },
      },
      createdBy: TEXT,
      comment: TEXT,
      startsAt: TIME,
      endsAt: TIME,
    },
  },
});

const KEPT_MS = 30_000;
const LIMITS = { timeoutMs: 5_000, responseBytes: 4 * 1024 * 1024 };

type Looked = {
  readonly at: number;
  readonly found: readonly Silence[] | { readonly fault: string };
};

/**
 * Silences as each cluster's Alertmanager tells them, asked at most every 30 seconds. A fault is kept as long: one
 * that does not answer is not waited for at every alert.
 */
export function readSilences(
  clusters: readonly Pick<ClusterSettings, 'name' | 'alertmanagerUrl'>[],
  clock: Pick<Clock, 'now'>,
  limits: { readonly timeoutMs: number; readonly responseBytes: number } = LIMITS,
): Silences {
  const lately = new Map<string, Looked>();
  const urls = new Map(clusters.map(({ name, alertmanagerUrl }) => [name, alertmanagerUrl]));
  return {
    async of(cluster, signal) {
      const url = urls.get(cluster) ?? null;
      if (url === null) return [];
      const now = Date.parse(clock.now());
      let looked = lately.get(cluster);
      // A clock that was set back must not keep what it has for hours.
      if (looked === undefined || now < looked.at || now - looked.at >= KEPT_MS) {
        looked = { at: now, found: await look(cluster, url, { ...limits, signal }) };
        if (!signal.aborted) lately.set(cluster, looked);
      }
      const { found } = looked;
      return 'fault' in found ? found : found.filter(({ endsAt }) => Date.parse(endsAt) > now);
    },
  };
}

async function look(
  cluster: string,
  address: string,
  within: Parameters<typeof getJson>[1],
): Promise<Looked['found']> {
  const url = silencesUrl(address);
  if (url === null) {
    const says = 'is not an address without user and password';
    return { fault: `The silences of ${cluster} are not known: its alertmanager_url ${says}.` };
  }
  const fault = (says: string) => ({
    fault: `The silences of ${cluster} are not known: ${url.origin}${url.pathname} ${says}.`,
  });
  const got = await getJson(url, within);
  if (!got.ok) return fault(got.says);
  if (!isListed(got.body)) {
    const [first] = isListed.errors ?? [];
    return fault(
      `answered with something else than silences: ${first?.instancePath || '/'} ${first?.message}`,
    );
  }
  return got.body.filter(({ status }) => status.state === 'active').map(silence);
}

/** Below whatever path the Alertmanager is served at. Null for what is no address, or holds a password. */
function silencesUrl(address: string): URL | null {
  const url = URL.parse(`${address.replace(/\/+$/, '')}/api/v2/silences`);
  return url === null || url.username !== '' || url.password !== '' ? null : url;
}

function silence({ id, matchers, createdBy, comment, startsAt, endsAt }: Listed): Silence {
  return {
    id,
    matchers: matchers.map(
      ({ name, value, isRegex, isEqual = true }): Matcher => ({
        label: name,
        op: isRegex ? (isEqual ? '=~' : '!~') : isEqual ? '=' : '!=',
        value,
      }),
    ),
    createdBy: oneLine(redactText(createdBy), 100),
    comment: oneLine(redactText(comment)),
    startsAt: new Date(startsAt).toISOString(),
    endsAt: new Date(endsAt).toISOString(),
  };
}
