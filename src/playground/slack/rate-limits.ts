/** Calls a minute of each tier (https://docs.slack.dev/apis/web-api/rate-limits), and the burst taken at once. */
const tiers = {
  // An app may hold ten Socket Mode connections, so it can open ten in a row.
  tier1: { perMinute: 1, burst: 10 },
  tier2: { perMinute: 20, burst: 20 },
  tier3: { perMinute: 50, burst: 50 },
  tier4: { perMinute: 100, burst: 100 },
  special: { perMinute: 600, burst: 600 },
} as const;

const messagesPerChannel = { perMinute: 60, burst: 4 };

/** The tier of each method, as Slack's reference says; one that is not there is not limited. */
export const methodTiers: { readonly [method: string]: keyof typeof tiers } = {
  'apps.connections.open': 'tier1',
  'auth.test': 'special',
  'bookmarks.add': 'tier2',
  'bookmarks.edit': 'tier2',
  'bookmarks.list': 'tier3',
  'bookmarks.remove': 'tier2',
  'bots.info': 'tier3',
  'chat.delete': 'tier3',
  'chat.getPermalink': 'special',
  'chat.postEphemeral': 'tier4',
  'chat.postMessage': 'special',
  'chat.update': 'tier3',
  'conversations.archive': 'tier2',
  'conversations.create': 'tier2',
  'conversations.history': 'tier3',
  'conversations.info': 'tier3',
  'conversations.invite': 'tier3',
  'conversations.join': 'tier3',
  'conversations.kick': 'tier3',
  'conversations.list': 'tier2',
  'conversations.members': 'tier4',
  'conversations.open': 'tier3',
  'conversations.rename': 'tier2',
  'conversations.replies': 'tier3',
  'conversations.setPurpose': 'tier2',
  'conversations.setTopic': 'tier2',
  'conversations.unarchive': 'tier2',
  'files.completeUploadExternal': 'tier4',
  'files.getUploadURLExternal': 'tier4',
  'pins.add': 'tier2',
  'pins.list': 'tier2',
  'pins.remove': 'tier2',
  'reactions.add': 'tier3',
  'reactions.get': 'tier3',
  'reactions.remove': 'tier2',
  'team.info': 'tier3',
  'usergroups.list': 'tier2',
  'usergroups.users.list': 'tier2',
  'users.getPresence': 'tier3',
  'users.info': 'tier4',
  'users.list': 'tier2',
  'users.lookupByEmail': 'tier3',
  'users.profile.get': 'tier4',
  'views.open': 'tier4',
  'views.publish': 'tier4',
  'views.push': 'tier4',
  'views.update': 'tier4',
};

/**
 * Counts calls per method, and messages per channel.
 * @returns for one call: undefined when it may pass, else the seconds to wait (at least 1)
 */
export function createRateLimits(now: () => number): (method: string, channel: string) => number | undefined {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const wait = (key: string, limit: { perMinute: number; burst: number }): number | undefined => {
    const bucket = buckets.get(key) ?? { tokens: limit.burst, at: now() };
    const perMs = limit.perMinute / 60_000;
    const tokens = Math.min(limit.burst, bucket.tokens + Math.max(0, now() - bucket.at) * perMs);
    const passes = tokens >= 1;
    buckets.set(key, { tokens: passes ? tokens - 1 : tokens, at: now() });
    return passes ? undefined : Math.max(1, Math.ceil((1 - tokens) / perMs / 1000));
  };
  return (method, channel) => {
    const tier = methodTiers[method];
    const byMethod = tier === undefined ? undefined : wait(method, tiers[tier]);
    if (byMethod !== undefined || method !== 'chat.postMessage') return byMethod;
    return wait(`message in ${channel}`, messagesPerChannel);
  };
}
