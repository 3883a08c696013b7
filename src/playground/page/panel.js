import { el, reconcile, versionOf } from './dom.js';

const health = document.getElementById('health');
const cluster = document.getElementById('cluster');
const scenarios = document.getElementById('scenarios');
const webhooks = document.getElementById('webhooks');

/** The cluster's deployments: how many pods are ready, and of which image. */
export function showCluster(state) {
  const deployments = Array.isArray(state?.deployments) ? state.deployments : [];
  const healthy = state?.healthy === true;
  health.textContent = deployments.length === 0 ? '' : healthy ? 'healthy' : 'unhealthy';
  health.className = `health ${deployments.length === 0 ? '' : healthy ? 'good' : 'bad'}`;
  if (deployments.length === 0) {
    cluster.replaceChildren(el('p', { class: 'quiet' }, 'No deployments to show yet.'));
    return;
  }
  let list = cluster.querySelector('ul');
  if (!list) {
    list = el('ul', { class: 'deployments' });
    cluster.replaceChildren(list);
  }
  reconcile(
    list,
    deployments.map((one) => ({
      key: `${one.namespace}/${one.name}`,
      version: versionOf(one),
      build: () => {
        const ready = one.ready === one.desired;
        return el(
          'li',
          { class: ready ? 'good' : 'bad' },
          el('span', { class: 'dot', 'aria-hidden': 'true' }),
          el('span', { class: 'name' }, String(one.name)),
          el('span', { class: 'count' }, `${one.ready}/${one.desired} ready`),
          el('span', { class: 'image' }, String(one.image ?? '')),
        );
      },
    })),
  );
}

export function showScenarios(list, busy, onBreak) {
  reconcile(
    scenarios,
    list.map((one) => ({
      key: one.name,
      version: versionOf([one, busy === one.name]),
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
              'aria-disabled': busy === one.name ? 'true' : undefined,
              onclick: () => onBreak(one),
            },
            one.title,
          ),
        ),
    })),
  );
}

/** Webhook bodies as they arrived, the newest first. */
export function showWebhooks(bodies) {
  if (bodies.length === 0) {
    webhooks.replaceChildren(el('p', { class: 'quiet' }, 'None yet.'));
    return;
  }
  webhooks.querySelector('p')?.remove();
  reconcile(
    webhooks,
    bodies
      .map((body, index) => ({
        key: String(index),
        version: versionOf(body),
        build: () =>
          el(
            'details',
            {},
            el('summary', {}, summaryOf(body, index)),
            el('pre', {}, JSON.stringify(body, null, 2)),
          ),
      }))
      .reverse(),
  );
}

function summaryOf(body, index) {
  const inner = body?.body ?? body;
  const name = inner?.commonLabels?.alertname ?? inner?.groupLabels?.alertname ?? 'webhook';
  return `${index + 1}. ${inner?.status ?? ''} ${name}`.trim();
}
