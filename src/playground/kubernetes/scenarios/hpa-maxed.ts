import { autoscalerMaxedOut } from '../alerts/workload-rules.ts';
import type { Scenario } from './scenario.ts';

const CATALOG = { namespace: 'shop', name: 'catalog' };
/** Ten pods at their target of 70 per cent of 100m. */
const DEMAND_CORES = 0.68;

export const HPA_MAXED: Scenario = {
  name: 'hpa-maxed',
  aliases: ['hpa'],
  title: 'catalog is busy, and its autoscaler may not add any more pods',
  breaks:
    'A campaign brings three times the usual traffic; the autoscaler of catalog stops at its maximum of 5.',
  truth: 'The traffic is real: catalog needs about 10 pods, and its HorizontalPodAutoscaler allows 5.',
  heals: 'Raise maxReplicas of the HorizontalPodAutoscaler shop/catalog to 12.',
  expected: 'by_hand',
  alerts: [autoscalerMaxedOut(CATALOG)],
  cure: (api) =>
    api.patch('/apis/autoscaling/v2/namespaces/shop/horizontalpodautoscalers/catalog', {
      spec: { maxReplicas: 12 },
    }),
  healthy: ({ store }) => {
    const found = store.get('horizontalpodautoscalers', CATALOG.namespace, CATALOG.name);
    return found !== undefined && (found.status?.currentReplicas ?? 0) < found.spec.maxReplicas;
  },
  apply: ({ facts }) => {
    facts.demand.set('shop/catalog', DEMAND_CORES);
  },
};
