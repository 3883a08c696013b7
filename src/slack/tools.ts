import type { webApi } from '@slack/bolt';
import type { Log } from '../core/ports/clock.ts';
import type { People } from '../core/ports/messenger.ts';
import type { Team } from '../core/team.ts';

/** Who we are in Slack, as `auth.test` says. */
export type Self = {
  readonly team: string;
  readonly enterprise: string | null;
  readonly userId: string;
  readonly botId: string | null;
  /** The workspace's address. */
  readonly url: string;
};

/** What everything that talks to Slack is handed. */
export type Tools = {
  readonly client: webApi.WebClient;
  /** Asked once; throws web-api's errors while Slack cannot be asked. */
  readonly identify: () => Promise<Self>;
  readonly people: People;
  /** Names of the configured clusters. */
  readonly clusters: readonly string[];
  readonly teams: readonly Team[];
  /** A team's name. */
  readonly defaultResponder: string | null;
  /** A name or an id. */
  readonly incidentsChannel: string;
  readonly command: string;
  readonly log: Log;
  readonly now: () => Date;
};
