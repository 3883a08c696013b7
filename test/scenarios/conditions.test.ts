import { afterEach, describe, expect, it } from 'vitest';
import type { Plan } from '../../src/core/plan.ts';
import { byHand, clicks, sent } from '../guarantees/hands.ts';
import { card, commands, joins } from '../guarantees/workspace.ts';
import { proposed, startDrill } from './drill.ts';
import type { Night } from './night.ts';

let night: Night;
afterEach(() => night.end());

async function under(expression: string, line = 'kubectl scale deployment/checkout -n shop --replicas=5') {
  const condition = `{ expression: ${JSON.stringify(expression)}, message: as agreed }`;
  const entry = `conditions: [${condition}], approvers: [{ team: sre-leads }]`;
  night = await startDrill({ type: line.includes('delete') ? 'delete_pod' : 'scale', line, entry });
}

const denials = ({ verdict }: Plan): readonly string[] =>
  verdict.rules.flatMap(({ denies, says }) => (denies ? [says] : []));

describe('a condition of a policy', () => {
  it('that did not hold is asked again by Refresh, once the incident is another', async () => {
    await under("incident.severity == 'SEV1'");
    expect(denials(await proposed(night))).toEqual(['as agreed']);
    await night.sees('plan.shown');
    await night.settled();
    expect(card(night)).not.toContain('approve_plan');
    await joins(night, 'ada');
    await commands(night, 'ada', 'severity SEV1');
    await night.sees('severity.changed');
    await clicks(night, 'ada', 'refresh_plan');
    expect(denials((await night.sees('plan.proposed')).payload.plan)).toEqual([]);
  });

  it('that holds no longer when people have approved voids the plan', async () => {
    await under("incident.severity != 'SEV1'");
    expect(denials(await proposed(night))).toEqual([]);
    await night.sees('plan.shown');
    await joins(night, 'ada');
    await commands(night, 'ada', 'severity SEV1');
    await night.sees('severity.changed');
    await clicks(night, 'ada', 'approve_plan');
    expect((await night.sees('plan.voided')).payload.reason).toBe('It is not allowed any more: as agreed');
    expect(sent(night)).toEqual([]);
  });

  it.each([
    ['of what goes away', 'object.spec.nodeName != ""', 'field not found: spec'],
    ['of a field that is not there', "oldObject.metadata.labels.owner == 'me'", 'field not found: owner'],
    [
      'that would take too long over what the object holds',
      'oldObject.metadata.annotations.all(a, oldObject.metadata.annotations.all(b, a.contains(b) || true))',
      'more than 500,000',
    ],
  ])('%s has no answer, and denies', async (_, expression, why) => {
    await under(expression, 'kubectl delete pod {{ pod }} -n shop');
    const pods = '/api/v1/namespaces/shop/pods';
    const { items } = (await byHand(night, 'GET', `${pods}?labelSelector=app%3Dcheckout`)) as {
      items: readonly { metadata: { name: string } }[];
    };
    const annotations = Object.fromEntries(Array.from({ length: 900 }, (_, at) => [`x.example/${at}`, 'y']));
    for (const { metadata } of items)
      await byHand(night, 'PATCH', `${pods}/${metadata.name}`, { metadata: { annotations } });
    expect(denials(await proposed(night))).toEqual([
      expect.stringMatching(new RegExp(`^as agreed \\(it cannot be answered: .*${why}`)),
    ]);
    await night.settled();
    expect(card(night)).not.toContain('approve_plan');
  });
});
