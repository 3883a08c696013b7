import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incidentId } from '../../src/core/ids.ts';
import { channelName } from '../../src/slack/channel-name.ts';
import { runCommand } from '../../src/slack/command.ts';
import { parseCommand } from '../../src/slack/command-text.ts';
import { boltLogger } from '../../src/slack/logger.ts';
import { makeIncident } from './make.ts';
import { makeActions, recordingLog } from './workspace.ts';

const ID = incidentId(2026, 42);

describe('a channel’s name', () => {
  it.each([
    ['KubePodCrashLooping shop/checkout', 1, 'inc-2026-042-kube-pod-crash-looping-shop-checkout'],
    ['KubePodCrashLooping', 3, 'inc-2026-042-kube-pod-crash-looping-3'],
    ['Übergröße!', 1, 'inc-2026-042-u-bergro-e'],
    ['漢字', 1, 'inc-2026-042'],
  ])('of “%s”, try %i, is %s', (title, attempt, name) => {
    expect(channelName({ id: ID, title }, attempt)).toBe(name);
  });

  it('is one that Slack takes, whatever the title, and differs by attempt', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 200 }),
        fc.integer({ min: 2, max: 20 }),
        (title, attempt) => {
          const first = channelName({ id: ID, title });
          const other = channelName({ id: ID, title }, attempt);
          expect(first).toMatch(/^inc-2026-042[a-z0-9-]*$/);
          expect(first.length).toBeLessThanOrEqual(80);
          expect(other.length).toBeLessThanOrEqual(80);
          expect(other).not.toBe(first);
        },
      ),
    );
  });
});

describe('the command’s text', () => {
  it.each([
    ['', { verb: 'help', rest: '' }],
    ['  LIST ', { verb: 'list', rest: '' }],
    ['note  it was the deploy', { verb: 'note', rest: 'it was the deploy' }],
    ['lead', { verb: 'take', rest: '' }],
    ['close', { verb: 'resolve', rest: '' }],
    ['dance now', { unknown: 'dance' }],
    ['constructor', { unknown: 'constructor' }],
  ])('“%s” is understood', (text, parsed) => {
    expect(parseCommand(text)).toEqual(parsed);
  });
});

describe('the command', () => {
  const by = { enterprise: null, team: 'T', user: 'U0ADA' };
  const channel = { enterprise: null, team: 'T', channel: 'C1' };
  const run = (text: string, actions = makeActions()) =>
    runCommand(actions, { command: '/incident', text, by, channel, isNew: async () => true });

  it('says what it knows when it is bare or not understood', async () => {
    expect((await run(''))?.says).toContain('/incident pause [REASON]');
    expect((await run('dance'))?.says).toMatch(/^I do not know “dance”/);
  });

  it('acts on the channel’s incident, and elsewhere says where to say it', async () => {
    const asked: object[] = [];
    const take = async (input: object) => {
      asked.push(input);
      return { says: 'You lead.' };
    };
    expect((await run('take', makeActions({ take })))?.says).toContain('This channel belongs to no incident');
    await run('take', makeActions({ take, incidentIn: async () => makeIncident() }));
    expect(asked).toEqual([{ incident: makeIncident().id, by }]);
  });

  it('tells where an incident stands, by id from anywhere', async () => {
    const actions = makeActions({ incident: async (id) => (id === ID ? makeIncident({ id: ID }) : null) });
    expect((await run('status inc-2026-042', actions))?.says).toContain('INC-2026-042 SEV2 in prod');
    expect((await run('status INC-2026-043', actions))?.says).toBe('There is no incident INC-2026-043.');
  });

  it('notes nothing without a text', async () => {
    expect((await run('note'))?.says).toContain('Say what to note');
  });
});

it('Bolt’s remarks reach the log without tokens, tickets or objects', () => {
  const log = recordingLog();
  const logger = boltLogger(log);
  logger.debug('xoxb-1-2-secret');
  logger.warn('failed with xapp-1-A0-123-abc at wss://wss.slack.com/link/?ticket=abc', { token: 'xoxb-9' });
  logger.error(new Error('no xoxe.xoxb-1-deadbeef'));
  expect(log.lines.map((line) => line.message)).toEqual(['failed with [secret] at [secret]', 'no [secret]']);
});
