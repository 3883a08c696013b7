import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Settings } from '../../src/core/settings.ts';
import type { MessageView } from '../../src/playground/slack/looks.ts';
import type { Night } from '../scenarios/night.ts';

/** What people do in the workspace beside pressing buttons, and what all of them can read there: over HTTP. */

export type PeoplesMove = 'submit' | 'command' | 'user' | 'group' | 'join' | 'message' | 'faults';

async function asked(night: Night, path: string, init?: RequestInit): Promise<unknown> {
  const answer = await fetch(`${night.slack.url}/_playground/${path}`, init);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

export function moves(night: Night, what: PeoplesMove, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  return asked(night, what, { method: 'POST', headers, body: JSON.stringify(body) });
}

export function idOf(night: Night, person: string): string {
  const id = night.slack.people[person];
  if (id === undefined) throw new Error(`there is no ${person}`);
  return id;
}

/** The incident's channel. */
export async function channelOf(night: Night): Promise<string> {
  return (await night.incident()).channel?.channel ?? '';
}

/** A person says `/incident …` in the incident's channel. */
export async function commands(night: Night, person: string, text: string): Promise<void> {
  await moves(night, 'command', { user: idOf(night, person), channel: await channelOf(night), text });
}

export async function joins(night: Night, ...people: readonly string[]): Promise<void> {
  const channel = await channelOf(night);
  for (const person of people) await moves(night, 'join', { user: idOf(night, person), channel });
}

/** All that stands anywhere in the workspace now, what only one person sees and Slack's own lines included. */
export async function everywhere(
  night: Night,
): Promise<readonly (MessageView & { readonly room: string })[]> {
  const channels = (await asked(night, 'channels')) as readonly { id: string; name: string }[];
  const all = await Promise.all(
    channels.map(async ({ id, name }) => {
      const messages = (await asked(night, `messages?channel=${id}&system=true`)) as readonly MessageView[];
      return messages.map((message) => ({ ...message, room: name }));
    }),
  );
  return all.flat();
}

/** What one room's people read, as one text. */
export async function readIn(night: Night, room: string): Promise<string> {
  return JSON.stringify((await everywhere(night)).filter((message) => message.room === room));
}

/** The newest card of the incident's channel, blocks and all. */
export function card(night: Night): string {
  const cards = night.messages().map(({ blocks }) => JSON.stringify(blocks));
  return cards.findLast((blocks) => blocks.includes('*Taking it back*')) ?? '';
}

/** Folders of documents that go when the test is over; those of a kind that is not given are the shipped ones. */
export function documents(
  given: {
    readonly [kind in keyof Settings['folders']]?: { readonly [file: string]: string };
  },
): (settings: Settings) => Settings {
  const folder = mkdtempSync(join(tmpdir(), 'firstmate-documents-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const folders = Object.entries(given).map(([kind, files]) => {
    mkdirSync(join(folder, kind));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, kind, name), text);
    return [kind, [join(folder, kind)]] as const;
  });
  return (settings) => ({
    ...settings,
    folders: { ...settings.folders, ...Object.fromEntries(folders) },
  });
}
