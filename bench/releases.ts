import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { World } from './world.ts';

/** The namespace and the name of a Deployment that is released badly; each has a service and a policy of its own. */
export function releaseNames(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `bench-${String(index + 1).padStart(3, '0')}`);
}

/** Writes a service and a policy for each into the folder. */
export async function writeDocuments(folder: string, names: readonly string[]) {
  const services = join(folder, 'services');
  const policies = join(folder, 'policies');
  await mkdir(services);
  await mkdir(policies);
  for (const name of names) {
    const service = {
      name,
      owner: 'checkout-oncall',
      runtime: 'kubernetes',
      slo: {
        availability: {
          objective: 99.9,
          window: '30d',
          alert_policies: [{ type: 'burn_rate', fast_burn: '1h > 14d', slow_burn: '6h > 30d' }],
        },
      },
      incident: { channel: 'checkout', runbook: 'deployment-rollout-stuck' },
    };
    const policy = {
      service: name,
      allowed_actions: [
        {
          type: 'rollback',
          max_versions_back: 1,
          require_approval: true,
          approvers: [{ team: 'checkout-oncall' }],
        },
      ],
      logging: { audit: true, incident_tag: 'ai-initiated-change' },
    };
    await writeFile(join(services, `${name}.yaml`), stringify(service));
    await writeFile(join(policies, `${name}.yaml`), stringify(policy));
  }
  return { services: [services], policies: [policies] };
}

const GOOD = 'registry.example/shop/checkout:1.42.0';
/** What the scenario bad-release rolls out: its container ends at once. */
const BAD = 'registry.example/shop/checkout:1.43.0';

/** Makes each Deployment, waits until it runs, and rolls it to the release that crashes. */
export async function breakReleases(world: World, names: readonly string[]): Promise<void> {
  world.cluster.breakScenario('bad-release');
  const call = async (method: string, path: string, body: unknown, type = 'application/json') => {
    const answer = await fetch(`${world.cluster.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${world.adminToken}`, 'content-type': type },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  };
  for (const name of names) {
    await call('POST', '/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    await call('POST', `/apis/apps/v1/namespaces/${name}/deployments`, deployment(name));
  }
  // Simulated time: the pods get ready, then the new ones crash a few times.
  world.cluster.advance(10_000);
  for (const name of names) {
    const image = [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: BAD }];
    const path = `/apis/apps/v1/namespaces/${name}/deployments/${name}`;
    await call('PATCH', path, image, 'application/json-patch+json');
  }
  world.cluster.advance(15_000);
}

function deployment(name: string) {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, labels: { app: name }, annotations: { 'kubernetes.io/change-cause': 'release' } },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: { containers: [{ name: 'app', image: GOOD }] },
      },
    },
  };
}

/** What Alertmanager tells of one of them; the cluster goes by several names. */
export function stuckRollout(name: string, cluster: string): unknown {
  return webhook(`fp-${name}`, {
    alertname: 'KubeDeploymentRolloutStuck',
    namespace: name,
    deployment: name,
    severity: 'critical',
    cluster,
  });
}

/** A webhook of one alert that fires; `labels` say which. */
export function webhook(fingerprint: string, labels: { readonly [name: string]: string }): unknown {
  return {
    version: '4',
    groupKey: `{}:{fingerprint="${fingerprint}"}`,
    status: 'firing',
    receiver: 'firstmate',
    truncatedAlerts: 0,
    alerts: [
      {
        status: 'firing',
        labels,
        annotations: { summary: 'Something is wrong.' },
        startsAt: new Date().toISOString(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: 'http://prometheus.example/graph',
        fingerprint,
      },
    ],
  };
}
