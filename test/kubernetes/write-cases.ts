import { parseCommand } from '../../src/core/command/parse.ts';
import { isWrite, type WriteOperation } from '../../src/core/operation.ts';
import { asAdmin, type connectPlayground } from './fixture.ts';

type Playground = Awaited<ReturnType<typeof connectPlayground>>['playground'];

const WORKER = 'node-b';
const JOBS = '/apis/batch/v1/namespaces/shop/jobs';
const CRON_JOBS = '/apis/batch/v1/namespaces/shop/cronjobs';

/** What the changes below are about, made by somebody else; and the names that only the cluster knows. */
export async function prepareWorld(playground: Playground) {
  const pods = await podsOf(playground, 'labelSelector=app=checkout');
  const template = {
    spec: {
      restartPolicy: 'Never',
      containers: [{ name: 'backfill', image: 'registry.example/shop/backfill:1' }],
    },
  };
  const metadata = { namespace: 'shop' };
  await asAdmin(playground, 'POST', JOBS, {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { ...metadata, name: 'backfill' },
    spec: { template },
  });
  await asAdmin(playground, 'POST', CRON_JOBS, {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { ...metadata, name: 'report' },
    spec: { schedule: '0 3 * * *', jobTemplate: { spec: { template } } },
  });
  await asAdmin(playground, 'PATCH', '/apis/apps/v1/namespaces/payments/deployments/api', {
    spec: { paused: true },
  });
  await asAdmin(playground, 'PATCH', '/api/v1/nodes/node-c', { spec: { unschedulable: true } });
  playground.advance(5_000);
  return { pod: pods[0] ?? '' };
}

type Listed = { readonly metadata: { readonly name: string; readonly deletionTimestamp?: string } };

/** The names of pods that are not going. */
export async function podsOf(playground: Playground, query: string): Promise<readonly string[]> {
  const listed = await asAdmin(playground, 'GET', `/api/v1/pods?${query}`);
  const items = Array.isArray(listed.items) ? listed.items : [];
  return items
    .filter((one: Listed) => one.metadata.deletionTimestamp === undefined)
    .map((one: Listed) => one.metadata.name);
}

/** At least one line for each writing verb of the registry, all of which the world above allows. */
export const WRITE_LINES: { readonly [V in WriteOperation['verb']]: readonly string[] } = {
  'rollout undo': ['kubectl rollout undo deployment/checkout -n shop'],
  'rollout restart': ['kubectl rollout restart deployment/checkout -n shop'],
  'rollout pause': ['kubectl rollout pause deployment/checkout -n shop'],
  'rollout resume': ['kubectl rollout resume deployment/api -n payments'],
  scale: [
    'kubectl scale deployment/checkout -n shop --replicas=5',
    'kubectl patch sts orders-db -n shop --type=merge -p \'{"spec":{"replicas":2}}\'',
  ],
  'set image': ['kubectl set image deployment/orders orders=registry.example/shop/orders:2.7.1 -n shop'],
  'set resources': [
    'kubectl set resources deployment/orders -n shop --limits=memory=512Mi',
    'kubectl set resources deployment/orders -n shop -c orders --limits=memory=512Mi,ephemeral-storage=1Gi',
  ],
  cordon: [`kubectl cordon ${WORKER}`],
  uncordon: ['kubectl uncordon node-c'],
  drain: [`kubectl drain ${WORKER} --ignore-daemonsets --delete-emptydir-data --timeout=60s`],
  'delete pod': ['kubectl delete pod {pod} -n shop', 'kubectl delete pod {pod} -n shop --force'],
  'delete job': ['kubectl delete job backfill -n shop'],
  label: [
    'kubectl label deployment orders tier=gold team=night-watch -n shop --overwrite',
    'kubectl label pod {pod} app- -n shop',
    `kubectl label node ${WORKER} maintenance=planned`,
  ],
  annotate: [
    'kubectl annotate statefulset orders-db \'example.com/note=it is "slow"\' -n shop',
    'kubectl annotate svc orders example.com/note=slow -n shop',
  ],
  patch: [
    'kubectl patch hpa catalog -n shop --type=merge -p \'{"spec":{"maxReplicas":12,"minReplicas":3}}\'',
    'kubectl patch hpa catalog -n shop -p \'{"spec":{"behavior":{"scaleDown":{"stabilizationWindowSeconds":600}}}}\'',
    'kubectl patch cronjob report -n shop -p \'{"spec":{"suspend":true,"startingDeadlineSeconds":60}}\'',
    'kubectl patch deployment orders -n shop -p \'{"spec":{"strategy":{"rollingUpdate":{"maxSurge":"50%"}},"template":{"spec":{"containers":[{"name":"orders","readinessProbe":{"failureThreshold":9}}]}}}}\'',
    'kubectl patch deployment orders -n shop --type=json -p \'[{"op":"replace","path":"/spec/template/spec/containers/0/resources/limits/memory","value":"384Mi"}]\'',
    'kubectl patch sts orders-db -n shop -p \'{"spec":{"updateStrategy":{"rollingUpdate":{"partition":1}}}}\'',
  ],
};

/** A line as an operation; `{pod}` stands for one of checkout's. */
export function writeOf(line: string, { pod }: { readonly pod: string }): WriteOperation {
  const parsed = parseCommand(line.replace('{pod}', pod));
  if (parsed.verdict === 'refuse') throw new Error(`${line}: ${parsed.reason}`);
  if (!isWrite(parsed.operation)) throw new Error(`${line} only reads`);
  return parsed.operation;
}
