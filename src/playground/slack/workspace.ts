import type { Clock } from './clock.ts';
import type { RequestUrls, SignedRequest } from './delivery/http.ts';
import type { AnyFault } from './faults.ts';
import type { ChannelView, MessageView, PersonView, ViewView } from './looks.ts';
import type { People } from './people.ts';
import type { ModalPeople } from './people-modals.ts';
import type { UserGroup } from './state.ts';
import type { RecordedCall } from './web-api.ts';

export type SlackOptions = {
  /** 0, the default, takes a free one. */
  port?: number;
  rateLimits?: 'on' | 'off';
  /** Milliseconds since the epoch. */
  now?: () => number;
  /** Time and everything that waits for it; stands above `now`. */
  clock?: Clock;
  /** HTTP mode: where the app takes everything, or each of the three; Socket Mode for what has none. */
  requestUrl?: string | RequestUrls;
  /** Scopes of the bot token; by default those the app's manifest asks for. */
  installedScopes?: readonly string[];
  /** Events the app subscribed to, such as `message.channels`; by default those of the app's manifest. */
  botEvents?: readonly string[];
};

/** A running workspace: where it listens, what is in it, and what its people do. */
export type PlaygroundSlack = People &
  ModalPeople & {
    readonly url: string;
    /** For `SLACK_API_URL` and `clientOptions.slackApiUrl`. */
    readonly apiUrl: string;
    readonly botToken: string;
    readonly appToken: string;
    readonly signingSecret: string;
    /** Every Web API call so far, oldest first. */
    readonly calls: readonly RecordedCall[];
    /** User ids by the names of the people: ada, ben, chen, gus, dora, eve and the bot b. */
    readonly people: Readonly<Record<string, string>>;
    readonly botUserId: string;
    readonly teamId: string;
    channels(): ChannelView[];
    /**
     * What people and apps wrote, oldest first, threads and ephemeral messages too. `system` adds the lines
     * that Slack writes itself; with `user` only what that person sees.
     */
    messages(channel: string, options?: { system?: boolean; user?: string }): MessageView[];
    /** The modals that a person has open, the top one last. */
    views(user: string): ViewView[];
    /** What the app shows a person on its Home tab. */
    home(user: string): ViewView | undefined;
    peopleViews(): PersonView[];
    groups(): UserGroup[];
    addFault(fault: AnyFault): void;
    faults(): readonly AnyFault[];
    clearFaults(): void;
    /** Delivers every payload so far once more, oldest first; resolves with their number once all are acknowledged. */
    replay(): Promise<number>;
    /**
     * Turns to HTTP mode, or back with null. Slack's challenge goes to the URL for events first.
     * @throws NotPossible when that does not answer it
     */
    setRequestUrl(requestUrl: string | RequestUrls | null): Promise<void>;
    requestUrls(): RequestUrls;
    /** Every signed request to the app so far, oldest first. */
    readonly requests: readonly SignedRequest[];
    /** Installs the app anew, with other scopes or other events. */
    install(manifest: { scopes?: readonly string[]; botEvents?: readonly string[] }): void;
    installedScopes(): readonly string[];
    /** How many Socket Mode connections are open. */
    connections(): number;
    /** Asks every Socket Mode client to reconnect, as Slack does now and then. */
    disconnectSockets(): void;
    /** Cuts every Socket Mode connection. */
    dropSockets(): void;
    onChange(listener: () => void): () => void;
    stop(): Promise<void>;
  };
