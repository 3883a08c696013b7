import type { Incident } from '../core/incident.ts';
import { planOf } from '../core/incident.ts';
import type { OutboxMessage } from '../core/outbox.ts';
import type { Messenger, SendContext, SendEnd } from '../core/ports/messenger.ts';
import type { TeamMembers } from '../core/team.ts';
import { namedChannels } from './channels.ts';
import { asUnknown, deliver, findPost, type Place } from './deliver.ts';
import { type Failure, isFailure, refused } from './failure.ts';
import { invite } from './intents/invite.ts';
import { findOpened, openChannel } from './intents/open-channel.ts';
import { pin } from './intents/pin.ts';
import { findHead, publishHead } from './intents/publish-head.ts';
import { refresh } from './intents/refresh.ts';
import { setTopic } from './intents/set-topic.ts';
import type { Tools } from './tools.ts';
import { type Rendered, section } from './views/blocks.ts';
import { card } from './views/card.ts';
import { diagnosis } from './views/diagnosis.ts';
import type { ViewFacts } from './views/facts.ts';
import { finding } from './views/finding.ts';
import { header } from './views/header.ts';
import { line } from './views/line.ts';
import { review } from './views/review.ts';
import { paragraphs, prose } from './views/text.ts';

type ViewIntent = Extract<OutboxMessage['intent'], { kind: 'post' | 'refresh' }>;

/** Slack as the outbox sees it: each intent is drawn from the incident as it is when it leaves. */
export function createMessenger(tools: Tools): Messenger {
  const channelNamed = namedChannels(tools);

  /** A watching incident is told in its service's channel, where there is one; all else in the incidents channel. */
  const lineChannel = async (incident: Incident | null): Promise<string | Failure> => {
    if (incident?.visibility === 'line' && incident.serviceChannel !== null) {
      const own = await channelNamed(incident.serviceChannel);
      if (!isFailure(own) || own.end.status !== 'refused') return own;
    }
    return channelNamed(tools.incidentsChannel);
  };

  const draw = async (intent: ViewIntent, context: SendContext): Promise<Rendered | Failure> => {
    const { incident } = context;
    if (incident === null) return refused('the incident is not known');
    if (intent.view !== 'card') {
      const facts = await viewFacts(tools, context, []);
      return drawn(intent.view, incident, { ...facts, into: await channelMergedInto(context) });
    }
    const state = intent.plan === null ? undefined : planOf(incident, intent.plan);
    if (state === undefined) return refused(`${incident.id} has no plan ${intent.plan}`);
    const teams = state.plan.verdict.approvals.flatMap((one) => one.teams);
    return card(incident, state, await viewFacts(tools, context, teams));
  };

  /** The header, the finding and the cards stand in the channel, all else in the header's thread. */
  const placeOf = async (message: OutboxMessage, context: SendContext): Promise<Place | Failure> => {
    const { intent } = message;
    if (intent.kind === 'publish_head') {
      const channel = await channelNamed(tools.incidentsChannel);
      return isFailure(channel) ? channel : { channel, thread: null };
    }
    if (intent.kind === 'notice' || (intent.kind === 'post' && intent.view === 'line')) {
      const channel = await lineChannel(context.incident);
      return isFailure(channel) ? channel : { channel, thread: null };
    }
    const channel = await channelOf(context);
    if (isFailure(channel)) return channel;
    const inThread =
      intent.kind === 'invite' ||
      intent.kind === 'invite_team' ||
      (intent.kind === 'post' && (intent.view === 'diagnosis' || intent.view === 'review'));
    const top = inThread ? await context.resultOf(`header:${context.incident?.id ?? ''}`) : null;
    return { channel, thread: top?.ts ?? null };
  };

  return {
    send: async (message, context) => {
      const { intent, key } = message;
      const { incident } = context;
      if (intent.kind === 'refresh') {
        const content = await draw(intent, context);
        return isFailure(content) ? content.end : refresh(tools, intent.post, context, content);
      }
      if (intent.kind === 'pin') return pin(tools, intent.post, context);
      if (intent.kind === 'open_channel') {
        return incident === null ? refused('the incident is not known').end : openChannel(tools, incident);
      }
      const place = await placeOf(message, context);
      if (isFailure(place)) return place.end;
      switch (intent.kind) {
        case 'notice': {
          const text = paragraphs(intent.text, 2800);
          return deliver(tools, place, key, { text: prose(intent.text, 300), blocks: [section(text)] });
        }
        case 'publish_head':
          return publishHead(tools, place, key, intent, context);
        case 'post': {
          const content = await draw(intent, context);
          return isFailure(content) ? content.end : deliver(tools, place, key, content);
        }
        case 'set_topic':
        case 'invite':
          if (incident === null) return refused('the incident is not known').end;
          return intent.kind === 'invite'
            ? invite(tools, incident, incident.owner, place, key)
            : setTopic(tools, incident, place.channel);
        case 'invite_team':
          if (incident === null) return refused('the incident is not known').end;
          return invite(tools, incident, intent.team, place, key);
      }
    },

    find: async (message, context): Promise<SendEnd | null> => {
      switch (message.intent.kind) {
        case 'open_channel':
          return context.incident === null ? null : findOpened(tools, context.incident);
        case 'post':
        case 'notice':
        case 'publish_head':
        case 'invite':
        case 'invite_team': {
          const place = await placeOf(message, context);
          if (!isFailure(place)) {
            return message.intent.kind === 'publish_head'
              ? findHead(tools, place, message.key)
              : findPost(tools, place, message.key);
          }
          return place.end.status === 'refused' ? null : asUnknown(place);
        }
        // The same again ends the same.
        case 'set_topic':
        case 'pin':
        case 'refresh':
          return null;
      }
    },
  };
}

/** What a view needs beside the incident; the members of these teams are asked for, since a card says who may approve. */
export async function viewFacts(
  tools: Tools,
  context: Pick<SendContext, 'now'>,
  teams: readonly string[],
): Promise<ViewFacts> {
  const named = tools.teams.filter((team) => teams.includes(team.name));
  const read = named.map(async (team) => [team.name, await tools.people.members(team)] as const);
  const members: ReadonlyMap<string, TeamMembers> = new Map(await Promise.all(read));
  const { teams: all, clusters, defaultResponder } = tools;
  return { now: context.now, clusters, into: null, teams: all, defaultResponder, members };
}

async function channelMergedInto({ incident, resultOf }: SendContext): Promise<string | null> {
  const into = incident?.mergedInto ?? null;
  return into === null ? null : ((await resultOf(`channel:${into}`))?.channel ?? null);
}

async function channelOf(context: SendContext): Promise<string | Failure> {
  const { incident } = context;
  if (incident === null) return refused('the incident is not known');
  if (incident.channel !== null) return incident.channel.channel;
  const opened = await context.resultOf(`channel:${incident.id}`);
  return opened === null ? refused(`${incident.id} has no channel`) : opened.channel;
}

function drawn(view: Exclude<ViewIntent['view'], 'card'>, incident: Incident, facts: ViewFacts): Rendered {
  switch (view) {
    case 'header':
      return header(incident, facts);
    case 'diagnosis':
      return diagnosis(incident);
    case 'finding':
      return finding(incident);
    case 'line':
      return line(incident, facts);
    case 'review':
      return review(incident);
  }
}
