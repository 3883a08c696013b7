import { deploymentRolloutStuck } from '../alerts/workload-rules.ts';
import { release } from '../world/world.ts';
import { undoRollout } from './cure.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const CHECKOUT = { namespace: 'shop', name: 'checkout' };
const IMAGE = 'registry.example/shop/checkout:1.43.0';

export const BAD_RELEASE: Scenario = {
  name: 'bad-release',
  aliases: ['checkout'],
  title: 'A release of checkout that crashes on start',
  breaks: 'checkout is rolled to 1.43.0, whose container ends at once because a setting is missing.',
  truth: 'Release 1.43.0 reads PAYMENT_URL, which nothing sets; 1.42.0 did not need it.',
  heals: 'Roll checkout back to the revision before.',
  expected: 'rollback',
  alerts: [deploymentRolloutStuck(CHECKOUT, { severity: 'critical' })],
  cure: (api) => undoRollout(api, CHECKOUT),
  healthy: ({ store }) => isRolledOut(store, CHECKOUT),
  apply: (simulation) => {
    simulation.images.set(IMAGE, {
      kind: 'exits',
      afterMs: 150,
      exitCode: 1,
      log: [
        'level=info msg="starting checkout" version=1.43.0',
        'level=info msg="loading configuration" source=environment',
        'panic: config key PAYMENT_URL is not set',
        '',
        'goroutine 1 [running]:',
        'main.mustGet(...)',
        '\t/src/cmd/checkout/config.go:41',
        'main.main()',
        '\t/src/cmd/checkout/main.go:27 +0x1d8',
      ],
    });
    release(simulation, CHECKOUT, IMAGE, 'release 1.43.0');
  },
};
