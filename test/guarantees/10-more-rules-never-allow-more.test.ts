import { afterEach, describe, expect, it } from 'vitest';
import { type Night, startNight } from '../scenarios/night.ts';
import { sent, untilTheCard } from './hands.ts';
import { card, documents } from './workspace.ts';

let night: Night;
afterEach(() => night.end());

const ALLOWS = `
service: checkout
allowed_actions:
  - type: rollback
    max_versions_back: 1
    require_approval: true
    approvers: [{ team: checkout-oncall }]
`;
/** Allowed by nobody: what is added to it may not open it either. */
const DENIES = `
service: checkout
allowed_actions:
  - type: scale
    require_approval: true
    approvers: [{ team: checkout-oncall }]
`;

type Files = { readonly [file: string]: string };

/** Which plan firstmate makes of the bad release under these policies, and what its card says. */
async function judged(policies: Files): Promise<string | undefined> {
  night = await startNight({ settings: documents({ policies }) });
  await untilTheCard(night);
  return (await night.incident()).plans[0]?.status;
}

const freeze = (says: string): string => `freezes:\n  - { name: close, ${says} }\n`;
const OTHERS: Files = { 'orders.yaml': ALLOWS.replace('service: checkout', 'service: orders') };

/** What is added to the policy folder, and what the card then says in its own words. */
const ADDITIONS: readonly (readonly [string, (policy: string) => Files, RegExp])[] = [
  [
    'a freeze that holds',
    (policy) => ({
      'checkout.yaml':
        policy + freeze('time_zone: UTC, rrule: "FREQ=DAILY;BYHOUR=2;BYMINUTE=0", duration: 3h'),
    }),
    /the freeze close holds until/,
  ],
  [
    'a limit',
    (policy) => ({ 'checkout.yaml': `${policy}limits: { share_of_replicas: 0.5 }\n` }),
    /of the replicas \(share\), at most 0\.5 allowed/,
  ],
  ['a place', (policy) => ({ 'checkout.yaml': `${policy}namespaces: [payments]\n` }), /namespace/],
  [
    'a condition that is not so',
    (policy) => ({
      'checkout.yaml': `${policy}conditions: [{ expression: "incident.severity == 'SEV9'", message: only for SEV9 }]\n`,
    }),
    /only for SEV9/,
  ],
  [
    'a condition whose evaluation fails',
    (policy) => ({
      'checkout.yaml': `${policy}conditions: [{ expression: "object.spec.nothing.here == 1", message: something }]\n`,
    }),
    /something \(it cannot be answered/,
  ],
  [
    'a safety check that nobody knows',
    (policy) => ({ 'checkout.yaml': `${policy}safety_checks: [{ name: must_be_a_full_moon }]\n` }),
    /must_be_a_full_moon/,
  ],
  [
    'a safety check that cannot be answered',
    (policy) => ({
      'checkout.yaml': `${policy}safety_checks: [{ name: must_not_reduce_availability_below, slo: checkout-availability, threshold: 99.0 }]\n`,
    }),
    /availability/,
  ],
  [
    'a second policy of the service, which allows more',
    (policy) => ({
      'checkout.yaml': policy,
      'more.yaml': 'service: checkout\nallowed_actions:\n  - { type: rollback, require_approval: false }\n',
    }),
    /a second policy for checkout/,
  ],
  [
    'a second entry that allows the same',
    (policy) => ({
      'checkout.yaml': policy.replace(
        'allowed_actions:\n',
        'allowed_actions:\n  - { type: rollback, require_approval: false }\n  - { type: rollback, require_approval: false }\n',
      ),
    }),
    /allowed twice/,
  ],
  [
    'a line that does not hold',
    (policy) => ({ 'checkout.yaml': `${policy}freeze: always\n` }),
    /checkout\.yaml:\d+:\d+/,
  ],
  [
    'a file that is no YAML and names no service',
    (policy) => ({ 'checkout.yaml': policy, 'new.yaml': 'allowed_actions: [\n' }),
    /new\.yaml:\d+:\d+/,
  ],
  [
    'a freeze in a time zone that there is not',
    (policy) => ({
      'checkout.yaml': policy + freeze('time_zone: Mars/Olympus, rrule: "FREQ=DAILY", duration: 1h'),
    }),
    /Mars\/Olympus/,
  ],
];

describe('10. more rules never allow more', () => {
  it('without more rules people may approve it; a policy of another service changes nothing', async () => {
    expect(await judged({ 'checkout.yaml': ALLOWS, ...OTHERS })).toBe('proposed');
    expect(card(night)).toContain('approve_plan');
  });

  it.each(ADDITIONS)('%s turns the card to denied, with its reason and no button', async (_, add, says) => {
    expect(await judged({ ...add(ALLOWS), ...OTHERS })).toBe('denied');
    expect(card(night)).toMatch(says);
    expect(card(night)).not.toContain('approve_plan');
    expect(sent(night)).toEqual([]);
  });

  it('what is denied stays so with all of them, and when there is no policy at all', async () => {
    const all = ADDITIONS.map(([, add]) => add(DENIES));
    const files = all.flatMap((one) => Object.values(one));
    const policies = Object.fromEntries(files.map((text, index) => [`policy-${index}.yaml`, text]));
    expect(await judged(policies)).toBe('denied');
    await night.end();
    expect(await judged({})).toBe('denied');
    expect(sent(night)).toEqual([]);
  });
});
