import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { diffLines } from '../../src/slack/views/diff.ts';
import { drills, prepares, proposes, VERBS, type Verb } from '../guarantees/every-verb.ts';
import { type Night, startNight } from './night.ts';

const { folder, settings } = drills();
let night: Night;
beforeAll(async () => {
  night = await startNight({ settings });
  await prepares(night);
});
afterAll(async () => {
  await night.end();
  rmSync(folder, { recursive: true, force: true });
});

/** For each verb: what it touches in numbers, and how it is taken back. */
const EXPECTED: { readonly [V in Verb]: readonly [touches: RegExp, back: RegExp] } = {
  'rollout undo': [/1 object · 3 pods · 100 % of its replicas/, /kubectl rollout undo .* --to-revision=3/],
  'rollout restart': [/1 object · 4 pods · 100 % of its replicas/, /cannot be taken back in place/],
  'rollout pause': [/1 object · 0 pods · none of its replicas/, /kubectl rollout resume deployment\/catalog/],
  'rollout resume': [/1 object · 0 pods · none of its replicas/, /kubectl rollout pause deployment\/api/],
  scale: [/1 object · 2 pods · 67 % of its replicas/, /--replicas=3/],
  'set image': [
    /1 object · 4 pods · 100 % of its replicas/,
    /orders=registry\.example\/shop\/orders:2\.8\.0/,
  ],
  'set resources': [/1 object · 4 pods · 100 % of its replicas/, /--limits=memory=256Mi/],
  cordon: [/1 object · 0 pods · none of its replicas/, /kubectl uncordon node-a/],
  uncordon: [/1 object · 0 pods · none of its replicas/, /kubectl cordon node-c/],
  drain: [
    /\d objects · \d pods · 100 % of the replicas of StatefulSet shop\/orders-db, of others no more/,
    /those that went stay where they are: kubectl uncordon node-b/,
  ],
  'delete pod': [/1 object · 1 pod · 33 % of its replicas/, /cannot be taken back in place/],
  'delete job': [/1 object · 1 pod · 100 % of its replicas/, /cannot be taken back in place/],
  label: [/1 object · 0 pods · none of its replicas/, /kubectl label .* tier-/],
  annotate: [/1 object · 0 pods · none of its replicas/, /kubectl annotate .* example\.com\/note-/],
  patch: [/kept between 2 and 12\n1 object · 0 pods · none of its replicas/, /"maxReplicas":5/],
};

/** All that a block says, its own formatting taken away. */
function saidBy(blocks: unknown): string {
  const texts: string[] = [];
  JSON.stringify(blocks, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') texts.push(value);
    return value;
  });
  return texts.join('\n\n').replaceAll('&gt;', '>').replaceAll('&lt;', '<').replaceAll('&amp;', '&');
}

it.each(VERBS)('the card of %s has all that a person needs to say yes or no', async (verb) => {
  const plan = await proposes(night, verb);
  await night.settled();
  const card = night.messages().findLast(({ blocks }) => JSON.stringify(blocks).includes(plan.id));
  const said = saidBy(card?.blocks);
  const [touches, back] = EXPECTED[verb];
  const [target] = plan.targets;
  expect(said).toMatch(new RegExp(`^harbour-prod · ${plan.type.replaceAll('_', ' ')} ${target?.ref.kind} `));
  expect(said).toContain('in cluster `harbour-prod`');
  expect(said).toContain(plan.command);
  expect(plan.diff.length).toBeGreaterThan(0);
  expect(said).toContain(`\`\`\`\n${diffLines(plan.diff)}`);
  expect(said, 'each line of the change says something').not.toMatch(/^ +$/m);
  expect(said).toMatch(touches);
  expect(/\*Taking it back\*\n(.*)/.exec(said)?.[1]).toMatch(back);
  expect(said).toContain(`*Why*\nThis is a drill of ${verb}\n`);
  expect(said).toMatch(/• pods: \d+ lines/);
  expect(said).toContain(`✓ policies/checkout.yaml allows ${plan.type}`);
  const guarded = verb === 'drain';
  expect(said).toContain(
    `policy checkout: ${guarded ? '2 people' : '1 person'} of sre-leads (<@U0ADA>, <@U0CHEN>)`,
  );
  expect(said.includes('so far 0 of 2')).toBe(guarded);
  const until = Date.parse(night.clock.now()) + plan.validForMs;
  const shown = Number(/Can be approved until <!date\^(\d+)\^/.exec(said)?.[1]) * 1_000;
  expect(Math.abs(until - shown)).toBeLessThan(60_000);
  expect(said).toContain('firstmate, by runbook `drill-');
});
