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

/** Ids of channels that documents and settings name; a name is looked up once. */
export function namedChannels(tools: Pick<Tools, 'client'>): (wanted: string) => Promise<string | Failure> {
  const known = new Map<string, string>();
  return async (wanted) => {
    const name = wanted.replace(/^#/, '');
    if (/^[CG][A-Z0-9]{5,}$/.test(name)) return name;
    const id = known.get(name);
    if (id !== undefined) return id;
    const found = await findChannel(tools, (channel) => channel.name === name && !channel.archived);
    if (isFailure(found)) return found;
    if (found === null) return refused(`there is no public channel #${name}`);
    known.set(name, found.id);
    return found.id;
  };
}
