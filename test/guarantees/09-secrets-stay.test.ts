import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { command as audit } from '../../src/cli/audit.ts';
import type { Command } from '../../src/cli/command.ts';
import { command as incidents } from '../../src/cli/incidents.ts';
import { command as review } from '../../src/cli/review.ts';
import { command as timeline } from '../../src/cli/timeline.ts';
import { invoke } from '../cli/invoke.ts';
import { type Night, startNight } from '../scenarios/night.ts';
import { byHand, clicks, faults, sent, untilTheCard } from './hands.ts';
import { commands, documents, everywhere, idOf, moves } from './workspace.ts';

/** Seconds on a quiet machine; many nights' worth of reading on a busy one. */
const LIMIT_MS = 60_000;

let night: Night;
afterEach(() => night.end());

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** One of a kind each, so that what leaks says where it leaked from. Nothing in most of them gives them away but where they stand. */
const CANARIES = {
  secretData: 'Zx7-secret-data-canary',
  token: 'Zx7-annotation-token-canary',
  applied: 'Zx7-last-applied-canary',
  url: 'Zx7-url-password-canary',
  env: 'Zx7-env-value-canary',
  newEnv: 'Zx7-new-env-value-canary',
  configured: 'Zx7-configmap-canary',
  logged: 'Zx7-log-password-canary',
  dsn: 'Zx7-log-dsn-canary',
  encoded: 'Zx7-log-base64-canary-of-some-length',
  header: 'Zx7-log-header-canary',
  broken: 'Zx7-log-unparsable-canary',
  pem: 'Zx7PemBodyCanaryMIIEvQIBADANBgkqhkiG9w0BAQEFAASC',
  aws: 'AKIAZX7CANARY7LOGGED',
  github: 'ghp_Zx7canary0123456789abcdefghijklmnop',
  jwt: `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"sub":"Zx7-jwt-canary"}').toString('base64url')}.c2lnbmF0dXJl`,
  event: 'Zx7-event-canary',
  error: 'Zx7-error-canary',
  label: 'Zx7-alert-label-canary',
  annotation: 'Zx7-alert-annotation-canary',
  generator: 'Zx7-generator-url-canary',
  pager: 'Zx7-pagerduty-note-canary',
  noted: 'Zx7-note-canary',
  paused: 'Zx7-pause-canary',
  rejected: 'Zx7-rejection-canary',
  broken_glass: 'Zx7-break-glass-canary',
  declared: 'Zx7-declared-canary',
  reopened: 'Zx7-reopened-canary',
} as const;

/** As it stands, and as it stands in a Secret. */
const SOUGHT = Object.entries(CANARIES).flatMap(([name, value]) => [
  { name, value },
  { name: `${name} in base64`, value: base64(value) },
]);

const LOG = [
  `level=info msg="connecting" password=${CANARIES.logged}`,
  `using postgres://shop:${CANARIES.dsn}@db.shop:5432/checkout`,
  `state is ${base64(CANARIES.encoded)}`,
  `> Authorization: Custom ${CANARIES.header}`,
  `{"level":"debug","password":{"is":"${CANARIES.broken}"`,
  '-----BEGIN PRIVATE KEY-----',
  CANARIES.pem,
  '-----END PRIVATE KEY-----',
  `assumed ${CANARIES.aws} and ${CANARIES.github}`,
  `session ${CANARIES.jwt}`,
];

/** Reads all that it may, so that all of it has the chance to leak. */
const NOSY = `
apiVersion: firstmate.dev/v1
kind: Runbook
name: nosy
title: A Deployment's rollout does not finish
owner: sre-leads
match: ['alertname="KubeDeploymentRolloutStuck"']
inputs:
  namespace:  { from: labels.namespace, type: namespace }
  deployment: { from: labels.deployment, type: name }
diagnose:
  - { id: objects, run: "kubectl get deployments,pods,configmaps -n {{ namespace }} -o yaml" }
  - { id: json, run: "kubectl get deployments -n {{ namespace }} -o json" }
  - { id: said, run: "kubectl describe deployment {{ deployment }} -n {{ namespace }}" }
  - { id: pods, run: "kubectl describe pods -n {{ namespace }}" }
  - { id: config, run: "kubectl describe configmap checkout-config -n {{ namespace }}" }
  - { id: events, run: "kubectl events -n {{ namespace }}" }
  - { id: past, run: "kubectl rollout history deployment/{{ deployment }} -n {{ namespace }} --revision=4" }
  - { id: logs, run: "kubectl logs deployment/orders -n {{ namespace }} --tail=50" }
  - { id: previous, run: "kubectl logs deployment/{{ deployment }} -n {{ namespace }} --previous --tail=50" }
  - { id: failing, run: "kubectl get jobs -n {{ namespace }}" }
hypotheses:
  - { id: release, category: configuration_error, when: "true", says: "The release is bad", confidence: high, propose: [undo] }
actions:
  - id: undo
    type: rollback
    run: "kubectl rollout undo deployment/{{ deployment }} -n {{ namespace }}"
    validate: { run: "kubectl rollout status deployment/{{ deployment }} -n {{ namespace }}", within: 180s }
    rollback: previous
`;

const DEPLOYMENTS = '/apis/apps/v1/namespaces/shop/deployments';

/** Everything that people of the cluster ever wrote where they should not have. */
async function seeds(): Promise<void> {
  const annotations = {
    'example.com/api-token': CANARIES.token,
    'example.com/note': `see amqp://shop:${CANARIES.url}@queue.shop`,
    'kubectl.kubernetes.io/last-applied-configuration': `{"spec":{"x":"${CANARIES.applied}"}}`,
  };
  await byHand(night, 'PATCH', '/api/v1/namespaces/shop/secrets/checkout-db', {
    stringData: { password: CANARIES.secretData },
  });
  await byHand(night, 'PATCH', '/api/v1/namespaces/shop/configmaps/checkout-config', {
    data: { 'db.password': CANARIES.configured, 'app.properties': `db.password=${CANARIES.configured}\n` },
  });
  for (const name of ['orders', 'checkout'])
    await byHand(night, 'PATCH', `${DEPLOYMENTS}/${name}`, { metadata: { annotations } });
  for (const name of ['orders', 'checkout']) await withKey(name, CANARIES.env);
  night.cluster.advance(20_000);
  const time = new Date(night.cluster.now()).toISOString().replace(/\.\d+Z/, 'Z');
  await byHand(night, 'POST', '/api/v1/namespaces/shop/events', {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'checkout.seed', namespace: 'shop' },
    involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' },
    type: 'Warning',
    reason: 'LoginFailed',
    message: `the registry refused secret=${CANARIES.event}`,
    firstTimestamp: time,
    lastTimestamp: time,
    count: 1,
  });
  await faults(night, {
    method: 'GET',
    path: '/jobs',
    error: `etcd: dial https://root:${CANARIES.error}@10.0.0.1:2379: token=${CANARIES.error}`,
    times: 100,
  });
}

async function withKey(deployment: string, value: string): Promise<void> {
  const path = `${DEPLOYMENTS}/${deployment}`;
  const { spec } = (await byHand(night, 'GET', path)) as {
    spec: { template: { spec: { containers: { name: string; env?: { name: string }[] }[] } } };
  };
  const containers = spec.template.spec.containers.map((container) => ({
    ...container,
    env: [
      ...(container.env ?? []).filter(({ name }) => name !== 'PAYMENT_API_KEY'),
      { name: 'PAYMENT_API_KEY', value },
    ],
  }));
  await byHand(night, 'PATCH', path, { spec: { template: { spec: { containers } } } });
}

const logged: string[] = [];

async function startSeeded(): Promise<void> {
  logged.length = 0;
  const note = (about: object, message: string): void => {
    logged.push(`${message} ${JSON.stringify(about)}`);
  };
  night = await startNight({
    settings: documents({ runbooks: { 'nosy.yaml': NOSY } }),
    cluster: { firstWords: LOG },
    log: { info: note, warn: note, error: note },
  });
  await seeds();
}

/** Everything that firstmate wrote or said so far, by where. */
async function outputs(): Promise<Readonly<Record<string, string>>> {
  const file = night.settings.database.replace('sqlite:', '');
  const files = readdirSync(dirname(file)).filter((name) => name.startsWith(basename(file)));
  const { id } = await night.incident();
  const told = async (command: Command, ...args: readonly string[]): Promise<string> => {
    const { out, err } = await invoke(command, args, night.settings);
    return out + err;
  };
  return {
    'the database': files.map((name) => readFileSync(join(dirname(file), name), 'latin1')).join('\n'),
    'what people read in Slack': JSON.stringify(await everywhere(night)),
    'what was sent to Slack': JSON.stringify(night.slack.calls),
    'what Slack shows in a window': JSON.stringify(night.slack.views(idOf(night, 'ada'))),
    'the log': logged.join('\n'),
    'what was written into the cluster': JSON.stringify(
      night.cluster.requests.filter(({ user }) => !user.endsWith('-admin')).map(({ body }) => body ?? null),
    ),
    metrics: await (await fetch(`${night.app.adminUrl}/metrics`)).text(),
    incidents: await told(incidents, '--all', '--json'),
    timeline: (await told(timeline, id)) + (await told(timeline, id, '--json')),
    'audit show': (await told(audit, 'show', id)) + (await told(audit, 'show', id, '--json')),
    review: night.events.some(({ type }) => type === 'review.published') ? await told(review, id) : '',
  };
}

/** What firstmate itself must keep: it is given these to work with. */
function ownSecrets(): typeof SOUGHT {
  const tokens = [...night.cluster.kubeconfig.matchAll(/token: (\S+)/g)].map(([, token]) => token ?? '');
  const own = [night.slack.botToken, night.slack.appToken, ...tokens];
  return own.map((value, index) => ({ name: `credential ${index}`, value }));
}

async function leaks(): Promise<readonly string[]> {
  const all = Object.entries(await outputs());
  return [...SOUGHT, ...ownSecrets()].flatMap(({ name, value }) =>
    all.flatMap(([where, text]) => (text.includes(value) ? [`${name} in ${where}`] : [])),
  );
}

describe('9. secrets stay', () => {
  it(
    'a whole incident shows none of the canaries, neither in the store nor in Slack, the log or the command line',
    async () => {
      await startSeeded();
      await untilTheCard(night);
      const incident = await night.incident();
      // Else nothing was read, and nothing could have leaked.
      const seen = incident.steps.map(({ id, result }) => [id, result?.status]);
      expect(seen).toEqual(seen.map(([id]) => [id, id === 'failing' ? 'failed' : 'ok']));
      const shown = (step: string): string =>
        incident.steps.find(({ id }) => id === step)?.result?.text ?? `there is no step ${step}`;
      for (const step of ['objects', 'json', 'said', 'pods', 'config', 'events', 'past', 'logs', 'previous'])
        expect(shown(step), step).toContain('[redacted]');
      expect(shown('previous')).toContain('[withheld: it names a secret and cannot be read]');
      expect(incident.steps.find(({ id }) => id === 'failing')?.result?.summary).toContain('[redacted]');
      await clicks(night, 'ada', 'show_plan');
      await night.settled();
      await clicks(night, 'ada', 'approve_plan');
      await night.sees('validation.passed');
      await night.delivers();
      await night.sees('alert.resolved');
      await night.pass(5);
      await night.settled();
      await commands(night, 'ada', 'resolve');
      await night.sees('review.published');
      await night.settled();
      expect(sent(night)).toHaveLength(1);
      expect(await leaks()).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'what people and senders of alerts say is kept without the secrets in it, and is told apart as before',
    async () => {
      await startSeeded();
      await untilTheCard(night);
      await clicks(night, 'ada', 'reject_plan');
      await night.settled();
      const form = night.slack.views(idOf(night, 'ada')).at(-1);
      await moves(night, 'submit', {
        view_id: form?.id,
        user: idOf(night, 'ada'),
        values: { reason: { text: `it says token=${CANARIES.rejected}` } },
      });
      expect((await night.sees('plan.rejected')).payload.reason).toBe('it says token=[redacted]');
      const alert = {
        status: 'firing',
        labels: {
          alertname: 'KubePodCrashLooping',
          namespace: 'shop',
          pod: 'checkout-1',
          severity: 'critical',
          password: CANARIES.label,
        },
        annotations: {
          description: `db said password=${CANARIES.annotation}`,
          api_token: CANARIES.annotation,
        },
        startsAt: night.clock.now(),
        endsAt: '0001-01-01T00:00:00Z',
        generatorURL: `https://prom:${CANARIES.generator}@prometheus.example/graph`,
        fingerprint: base64('an identity is no text of theirs'),
      };
      const delivery = { version: '4', groupKey: '{}:{}', status: 'firing', truncatedAlerts: 0 };
      expect(await night.post({ ...delivery, alerts: [alert] })).toBe(202);
      await night.settled();
      // The same once more is a repeat, by the fingerprint as it came.
      expect(await night.post({ ...delivery, alerts: [alert] })).toBe(202);
      await night.settled();
      const fired = night.events.filter((event) => event.type === 'alert.fired');
      const told = fired.filter(({ payload }) => payload.alert.fingerprint === alert.fingerprint);
      expect(told).toHaveLength(1);
      expect(told[0]?.payload.alert.labels).toEqual({ ...alert.labels, password: '[redacted]' });
      expect(told[0]?.payload.alert.annotations.description).toContain('[redacted]');

      await commands(night, 'ada', `note the login is token=${CANARIES.noted}`);
      expect((await night.sees('note.added')).payload.text).toBe('the login is token=[redacted]');
      await commands(night, 'ada', `pause password=${CANARIES.paused} leaked`);
      expect((await night.sees('writes.paused')).payload.reason).toBe('password=[redacted] leaked');
      await commands(night, 'ada', `break-glass 5 secret=${CANARIES.broken_glass}`);
      expect((await night.sees('break_glass.started')).payload.reason).toBe('secret=[redacted]');
      await commands(night, 'ada', `new SEV3 password=${CANARIES.declared} is refused`);
      await night.settled();
      await commands(night, 'ada', 'resolve');
      await night.settled();
      await commands(night, 'ada', `reopen password=${CANARIES.reopened}`);
      await night.settled();
      expect(await leaks()).toEqual([]);
    },
    LIMIT_MS,
  );

  it('a change that would have to write down a secret is not planned, and nothing of it is shown', async () => {
    await startSeeded();
    night.cluster.breakScenario('bad-release');
    // The release alone differs in its image; with this, the revision before differs in a key.
    await withKey('checkout', CANARIES.newEnv);
    await night.pass(20);
    expect(await night.delivers()).toBe(202);
    const failed = await night.sees('plan.failed');
    await night.settled();
    expect(failed.payload.says).toContain('a value that looks like a secret');
    expect((await night.incident()).plans).toEqual([]);
    expect(sent(night)).toEqual([]);
    expect(await leaks()).toEqual([]);
  });
});
