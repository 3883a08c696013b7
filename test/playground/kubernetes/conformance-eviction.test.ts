import { expect, test } from 'vitest';
import { tokenOf } from './clients.ts';
import { startRecordedCluster } from './conformance.ts';

test('an eviction that fails on its precondition has used the budget, so that the next one is refused', async () => {
  const cluster = await startRecordedCluster();
  try {
    const evict = async (name: string, deleteOptions: object) => {
      const answer = await fetch(`${cluster.url}/api/v1/namespaces/shop/pods/${name}/eviction`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${tokenOf(cluster, 'recorded-admin')}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify({ metadata: { name }, deleteOptions }),
      });
      await answer.arrayBuffer();
      return answer.status;
    };
    const another = { preconditions: { uid: '11111111-1111-1111-1111-111111111111' } };
    expect(await evict('checkout-5494fb79dc-qp76n', another)).toBe(409);
    expect(await evict('checkout-5494fb79dc-v2vgf', {})).toBe(429);
  } finally {
    await cluster.stop();
  }
});
