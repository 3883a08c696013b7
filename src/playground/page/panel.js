import { el, reconcile, versionOf } from './dom.js';

const byId = (id) => document.getElementById(id);
/** Scenarios that are offered at once; the others are under "more". */
const OFFERED = 2;

/** The cluster: whether it is well, its workloads with their pods, its nodes. */
export function showCluster({ name, healthy, workloads = [], nodes = [] }) {
  byId('cluster-name').textContent = name ? `Cluster ${name}` : 'Cluster';
  const isWell = healthy === true && [...workloads, ...nodes].every((one) => one.tone === 'good');
  const health = byId('health');
  health.textContent = workloads.length === 0 ? '' : isWell ? 'healthy' : healthy ? 'settling' : 'unhealthy';
  health.className = `health ${isWell ? 'good' : healthy ? 'busy' : 'bad'}`;
  const own = workloads.filter((one) => !one.namespace.startsWith('kube-'));
  const system = workloads.filter((one) => one.namespace.startsWith('kube-'));
  reconcile(byId('workloads'), [...own, ...system].map(itemOf(workloadItem)));
  reconcile(byId('nodes'), nodes.map(itemOf(nodeItem)));
}

const itemOf = (build) => (one) => ({
  key: `${one.kind ?? 'Node'}/${one.namespace ?? ''}/${one.name}`,
  version: versionOf(one),
  build: () => build(one),
});

function workloadItem(one) {
  return el(
    'li',
    { class: one.tone },
    el(
      'p',
      { class: 'line' },
      el('span', { class: 'name' }, el('span', { class: 'quiet' }, `${one.namespace}/`), one.name),
      el('span', { class: `count ${one.tone}` }, `${one.ready}/${one.desired} ready`),
    ),
    el(
      'p',
      { class: 'line quiet' },
      el('span', {}, one.version),
      el(
        'span',
        { class: 'pods', 'aria-hidden': 'true' },
        ...one.pods.map((pod) => el('span', { class: `pod ${pod.tone}` })),
      ),
    ),
    one.says === '' ? null : el('p', { class: 'says' }, one.says),
    one.tone === 'good'
      ? null
      : el('ul', { class: 'pod-list', 'aria-label': `Pods of ${one.name}` }, ...one.pods.map(podItem)),
  );
}

function podItem(pod) {
  const restarts = [`↻ ${pod.restarts}`, el('span', { class: 'visually-hidden' }, ' restarts')];
  return el(
    'li',
    { class: pod.tone, title: pod.name },
    el('span', { class: `pod ${pod.tone}`, 'aria-hidden': 'true' }),
    el('span', { class: 'pod-name' }, pod.name.split('-').at(-1)),
    el('span', { class: 'pod-version quiet' }, pod.version),
    el('span', { class: 'pod-status' }, pod.status),
    el('span', { class: 'quiet' }, ...(pod.restarts === 0 ? [] : restarts)),
  );
}

function nodeItem(node) {
  return el(
    'li',
    { class: node.tone },
    el('span', { class: `pod ${node.tone}`, 'aria-hidden': 'true' }),
    el('span', { class: 'name' }, node.name),
    el('span', { class: `count ${node.tone}` }, node.says),
  );
}

export function showScenarios(list, busy, onBreak) {
  const offered = list.length > OFFERED + 1 ? list.slice(0, OFFERED) : list;
  const others = list.slice(offered.length);
  reconcile(
    byId('scenarios'),
    offered.map((one) => scenarioItem(one, busy, onBreak)),
  );
  byId('more').hidden = others.length === 0;
  byId('more-title').textContent = `${others.length} more to break`;
  reconcile(
    byId('more-scenarios'),
    others.map((one) => scenarioItem(one, busy, onBreak)),
  );
}

function scenarioItem(one, busy, onBreak) {
  const isBusy = busy === one.name;
  const isBroken = one.broken === true && one.healthy === false;
  return {
    key: one.name,
    version: versionOf([one, isBusy]),
    build: () =>
      el(
        'li',
        {},
        el(
          'button',
          {
            type: 'button',
            class: 'button wide',
            'data-focus': one.name,
            'data-scenario': one.name,
            'aria-disabled': isBusy ? 'true' : undefined,
            onclick: () => onBreak(one),
          },
          el('span', {}, one.title),
          isBroken ? el('span', { class: 'badge bad' }, 'broken') : null,
        ),
      ),
  };
}

/** Webhook bodies as they arrived, the newest first. */
export function showWebhooks(bodies) {
  byId('no-webhooks').hidden = bodies.length > 0;
  reconcile(
    byId('webhooks'),
    bodies
      .map((body, index) => ({
        key: String(index),
        version: versionOf(body),
        build: () => webhookItem(body, index + 1),
      }))
      .reverse(),
  );
}

function webhookItem(body, number) {
  const inner = body?.body ?? body;
  const name = inner?.commonLabels?.alertname ?? inner?.groupLabels?.alertname ?? 'webhook';
  const status = String(inner?.status ?? '');
  const tone = status === 'firing' ? 'bad' : 'good';
  return el(
    'li',
    {},
    el(
      'details',
      {},
      el('summary', {}, el('span', { class: `badge ${tone}` }, status), ` ${name}`),
      el(
        'pre',
        { tabindex: '0', role: 'region', 'aria-label': `Body of webhook ${number}` },
        JSON.stringify(body, null, 2),
      ),
    ),
  );
}
