import { attempt, type Failure, isFailure, refused } from './failure.ts';
import type { Tools } from './tools.ts';

/** The members of a channel object that are read here. */
export type KnownChannel = {
  readonly id: string;
  readonly name: string;
  readonly creator: string;
  readonly purpose: string;
  /** Seconds since the epoch. */
  readonly created: number;
  readonly archived: boolean;
};

const PAGE = 1000;
const MOST_PAGES = 50;

/** The first public channel that fits, archived ones too; null when none does. */
export async function findChannel(
  { client }: Pick<Tools, 'client'>,
  fits: (channel: KnownChannel) => boolean,
): Promise<KnownChannel | null | Failure> {
  let cursor: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await attempt(() =>
      client.conversations.list({
        types: 'public_channel',
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    );
    if (isFailure(answer)) return answer;
    for (const channel of answer.channels ?? []) {
      const known: KnownChannel = {
        id: channel.id ?? '',
        name: channel.name ?? '',
        creator: channel.creator ?? '',
        purpose: channel.purpose?.value ?? '',
        created: channel.created ?? 0,
        archived: channel.is_archived ?? false,
      };
      if (known.id !== '' && fits(known)) return known;
    }
    cursor = answer.response_metadata?.next_cursor;
    if (cursor === undefined || cursor === '') return null;
  }
  return null;
}

/** The incidents channel's id, looked up once when the settings give its name. */
export function incidentsChannel(tools: Tools): () => Promise<string | Failure> {
  const wanted = tools.incidentsChannel.replace(/^#/, '');
  let known: string | null = /^[CG][A-Z0-9]{5,}$/.test(wanted) ? wanted : null;
  return async () => {
    if (known !== null) return known;
    const found = await findChannel(tools, (channel) => channel.name === wanted && !channel.archived);
    if (isFailure(found)) return found;
    if (found === null) return refused(`there is no public channel #${wanted}; set incidents_channel to one`);
    known = found.id;
    return known;
  };
}
