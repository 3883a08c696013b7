import { incidentId } from '../src/core/ids.ts';
import { firingCount, type Incident } from '../src/core/incident.ts';
import type { MessageView } from '../src/playground/slack/server.ts';
import { header } from '../src/slack/views/header.ts';
import { openStore } from '../src/store/sqlite/open.ts';
import type { World } from './world.ts';

export type Seen = {
  /** Incidents that have, or wait for, a channel of their own. */
  readonly channels: number;
  /** Those of them whose header is not in Slack, or says other counts or another severity than the timeline. */
  readonly stale: number;
  /** By how many the alerts that fire and those that the timelines count as firing differ. */
  readonly uncounted: number;
  /** What the first headers say. */
  readonly headers: readonly string[];
  readonly staleHeaders: readonly string[];
};

const SHOWN = 5;

/** Compares the headers in Slack with the fold of each timeline, and the folds with the alerts that fire, as of now. */
export async function lookAtHeaders(world: World, database: string, firing: number): Promise<Seen> {
  const inSlack = new Map<string, readonly string[]>();
  for (const { id, name } of world.slack.channels()) {
    if (!name.startsWith('inc-')) continue;
    for (const message of world.slack.messages(id)) inSlack.set(keyOf(message), saidBy(message.blocks));
  }
  const incidents = await incidentsIn(database);
  const withChannel = incidents.filter(({ visibility }) => visibility === 'channel');
  const counted = incidents.reduce((sum, incident) => sum + firingCount(incident), 0);
  const compared = withChannel.map((incident) => {
    const shown = inSlack.get(`header:${incident.id}`)?.join('; ') ?? 'not in Slack';
    const wanted = saidBy(header(incident, NOBODY).blocks).join('; ');
    return { id: incident.id, shown, wanted };
  });
  const stale = compared.filter(({ shown, wanted }) => shown !== wanted);
  return {
    channels: withChannel.length,
    stale: stale.length,
    uncounted: Math.abs(firing - counted),
    headers: compared.slice(0, SHOWN).map(({ id, shown }) => `${id}: ${shown}`),
    staleHeaders: stale
      .slice(0, SHOWN)
      .map(({ id, shown, wanted }) => `${id}: ${shown} instead of ${wanted}`),
  };
}

/** What is compared does not name people. */
const NOBODY = { now: '', teams: [], defaultResponder: null, members: new Map(), clusters: [], into: null };

/** The line with the severity, and the field with the counts. */
function saidBy(blocks: readonly unknown[]): readonly string[] {
  const texts = blocks.flatMap((block) => (isTold(block) ? [block.text, ...(block.fields ?? [])] : []));
  return texts
    .map((text) => text?.text)
    .filter((text) => text !== undefined)
    .filter((text, place) => place === 0 || text.startsWith('*Alerts*'));
}

type Text = { readonly text: string } | undefined;
type ToldBlock = { readonly type: string; readonly text?: Text; readonly fields?: readonly Text[] };

function isTold(block: unknown): block is ToldBlock {
  return typeof block === 'object' && block !== null && ('text' in block || 'fields' in block);
}

function keyOf({ metadata }: MessageView): string {
  const payload = metadata?.event_payload;
  return typeof payload === 'object' && payload !== null && 'key' in payload ? String(payload.key) : '';
}

async function incidentsIn(database: string): Promise<readonly Incident[]> {
  const store = await openStore({ file: database, clock: () => new Date(), mode: 'read' });
  try {
    const found: Incident[] = [];
    const year = new Date().getUTCFullYear();
    for (let number = 1; ; number += 1) {
      const incident = await store.ledger.load(incidentId(year, number));
      if (incident === null) return found;
      found.push(incident);
    }
  } finally {
    await store.close();
  }
}
