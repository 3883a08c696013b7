import { shortestCertificate } from '../alerts/certificates.ts';
import { CLIENT_CERTIFICATE_EXPIRATION } from '../alerts/control-plane-rules.ts';
import { canonical } from '../json.ts';
import type { Scenario } from './scenario.ts';

const SECRET = { namespace: 'tools', name: 'inventory-sync-client' };
const LEFT_MS = 20 * 3_600_000;
const DAY_SECONDS = 86_400;

export const CERTIFICATE_EXPIRING: Scenario = {
  name: 'certificate-expiring',
  aliases: ['certificate'],
  title: 'A client certificate that ends within a day',
  breaks:
    'The certificate with which inventory-sync speaks to the API server has 20 hours left; nothing renews it.',
  truth:
    'The renewal of the Secret tools/inventory-sync-client was left out when the tools moved; it ends in 20 hours.',
  heals: 'Issue a new certificate and put it into the Secret tools/inventory-sync-client.',
  expected: 'by_hand',
  alerts: [CLIENT_CERTIFICATE_EXPIRATION],
  cure: (api) =>
    api.patch(`/api/v1/namespaces/${SECRET.namespace}/secrets/${SECRET.name}`, {
      data: { 'tls.crt': 'bmV3', 'tls.key': 'bmV3' },
    }),
  healthy: (simulation) => shortestCertificate(simulation) >= DAY_SECONDS,
  apply: ({ facts, store, clock }) => {
    const secret = store.get('secrets', SECRET.namespace, SECRET.name);
    if (secret === undefined) throw new Error('there is no Secret tools/inventory-sync-client');
    facts.certificates.set(`${SECRET.namespace}/${SECRET.name}`, {
      data: canonical(secret.data),
      notAfter: clock.now() + LEFT_MS,
    });
  },
};
