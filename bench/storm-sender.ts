import { parseArgs } from 'node:util';
import { storm } from '../test/storm/alerts.ts';
import { sendStorm } from '../test/storm/peers.ts';

// Two Alertmanagers in the midst of a storm. Prints when it begins and, once all of it was answered, what it told.
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: '' },
    groups: { type: 'string', default: '' },
    'alerts-per-group': { type: 'string', default: '' },
    'duration-ms': { type: 'string', default: '' },
    'group-interval-ms': { type: 'string', default: '' },
    connections: { type: 'string', default: '' },
    pace: { type: 'string', default: '' },
  },
});
const durationMs = Number(values['duration-ms']);
const intervalMs = Number(values['group-interval-ms']);
const pace = values.pace === 'real' ? 'real' : 'flat_out';
const groups = storm({
  groups: Number(values.groups),
  alertsPerGroup: Number(values['alerts-per-group']),
  durationMs,
});
const now = Date.now();
process.stdout.write(`${JSON.stringify({ beganAt: now })}\n`);
const sent = await sendStorm(groups, {
  url: values.url,
  times: { waitMs: intervalMs / 10, intervalMs },
  // Told all at once, the storm is over when its telling begins.
  beganAt: pace === 'real' ? now : now - durationMs,
  pace,
  connections: Number(values.connections),
});
// What firstmate stores and tells nobody of.
const storedOnly = groups
  .flatMap(({ alerts }) => alerts)
  .filter(({ labels }) => labels.severity === 'info')
  .map(({ fingerprint }) => fingerprint);
process.stdout.write(`${JSON.stringify({ ...sent, lastedMs: Date.now() - now, storedOnly })}\n`);
