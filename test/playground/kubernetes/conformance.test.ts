import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import {
  exchangesOf,
  GROUPS,
  prepare,
  replay,
  sides,
  startRecordedCluster,
  Translation,
} from './conformance.ts';

const CONTROLLERS = 'a recorded cluster has no controllers; the main path is tested on a simulated one';
const UNSEEN = 'watches changes that were made beside the recording';
const FEWER = 'the real server serves more groups and resources';

/** Recorded core exchanges that the playground does not answer alike yet, with the reason. Kept exact by the test. */
const LEFT_OUT: Record<string, string> = {
  'discovery-009': FEWER,
  'discovery-010': FEWER,
  'discovery-011': FEWER,
  'discovery-013': FEWER,
  'watch-001': UNSEEN,
  'watch-005': UNSEEN,
  'watch-006': UNSEEN,
  'watch-007': UNSEEN,
  'writes-030': CONTROLLERS,
  'writes-050': CONTROLLERS,
  'writes-051': CONTROLLERS,
  'writes-052': CONTROLLERS,
  'writes-053': CONTROLLERS,
  'writes-075': 'pod security warnings are not given',
  'writes-080': CONTROLLERS,
  'writes-091': CONTROLLERS,
  'writes-093': CONTROLLERS,
  'writes-100': CONTROLLERS,
  'writes-102': CONTROLLERS,
  'writes-113': CONTROLLERS,
};

test.each(GROUPS)('%s: every core exchange is answered as the real server answered it', async (group) => {
  const cluster = await startRecordedCluster();
  const differing: { id: string; about: string; expected: unknown; actual: unknown }[] = [];
  try {
    const translation = new Translation();
    for (const exchange of exchangesOf(group)) {
      await prepare(cluster, exchange);
      const answer = await replay(cluster, exchange, translation);
      if (exchange.tier !== 'core') continue;
      const { expected, actual } = sides(exchange, answer);
      if (!isDeepStrictEqual(expected, actual)) {
        differing.push({ id: exchange.id, about: exchange.about, expected, actual });
      }
    }
  } finally {
    await cluster.stop();
  }
  const surprising = differing.filter(({ id }) => LEFT_OUT[id] === undefined);
  expect(surprising).toEqual([]);
  const listed = Object.keys(LEFT_OUT).filter((id) => id.replace(/-\d+$/, '') === group);
  expect(differing.map(({ id }) => id)).toEqual(listed);
});
