import { podCrashLooping } from '../alerts/workload-rules.ts';
import { release } from '../world/world.ts';
import { undoRollout } from './cure.ts';
import { isRolledOut } from './rollout.ts';
import type { Scenario } from './scenario.ts';

const CATALOG = { namespace: 'shop', name: 'catalog' };
const IMAGE = 'registry.example/shop/catalog:0.20.0';

export const CRASH_AFTER_RELEASE: Scenario = {
  name: 'crash-after-release',
  aliases: ['catalog'],
  title: 'A release of catalog that comes up, is rolled out, and then crashes again and again',
  breaks: 'catalog is rolled to 0.20.0, which serves for a few seconds and dies at the first price refresh.',
  truth:
    'Release 0.20.0 writes to a map that it never made when it refreshes its prices; 0.19.4 does not refresh.',
  heals: 'Roll catalog back to the revision before.',
  expected: 'rollback',
  alerts: [podCrashLooping(CATALOG)],
  cure: (api) => undoRollout(api, CATALOG),
  healthy: ({ store }) => isRolledOut(store, CATALOG),
  apply: (simulation) => {
    simulation.images.set(IMAGE, {
      kind: 'exits',
      afterMs: 2_500,
      readyAfterMs: 500,
      exitCode: 2,
      log: [
        'level=info msg="starting catalog" version=0.20.0',
        'level=info msg="listening" port=8080',
        'level=info msg="refreshing prices" items=4182',
        'panic: assignment to entry in nil map',
        '',
        'goroutine 34 [running]:',
        'main.(*prices).refresh(0xc0001a4000)',
        '\t/src/cmd/catalog/prices.go:88 +0x1c5',
      ],
    });
    release(simulation, CATALOG, IMAGE, 'release 0.20.0');
  },
};
