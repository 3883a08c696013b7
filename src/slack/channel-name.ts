import type { IncidentId } from '../core/ids.ts';

const LONGEST = 80;

/**
 * The name of an incident's channel: `inc-2026-042-short-title`, lowercase letters, digits and hyphens, 80
 * characters at most (https://docs.slack.dev/reference/methods/conversations.create). From the second try on, for
 * names that somebody else has, a number follows.
 */
export function channelName(
  incident: { readonly id: IncidentId; readonly title: string },
  attempt = 1,
): string {
  const suffix = attempt === 1 ? '' : `-${attempt}`;
  const words = incident.title
    // CamelCase, as alerts are named, becomes words.
    .replace(/([a-z0-9])([A-Z])/g, '$1-$2')
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
  const name = `${incident.id.toLowerCase()}-${words}`.replace(/-+$/, '');
  return `${name.slice(0, LONGEST - suffix.length).replace(/-+$/, '')}${suffix}`;
}
