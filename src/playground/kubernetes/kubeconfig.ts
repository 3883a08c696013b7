import { stringify } from 'yaml';

/**
 * A kubeconfig whose contexts are `<name>`, `<name>-writer` and `<name>-admin` over HTTP, and the same with `-tls`
 * over HTTPS on the same port. The reader's is the current one.
 */
export function writeKubeconfig(
  name: string,
  host: string,
  tokens: { reader: string; writer: string; admin: string },
): string {
  const users = [
    { name, token: tokens.reader },
    { name: `${name}-writer`, token: tokens.writer },
    { name: `${name}-admin`, token: tokens.admin },
  ];
  const secure = `${name}-tls`;
  const cluster = (server: string) => ({ server, 'insecure-skip-tls-verify': true });
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [
      { name, cluster: cluster(`http://${host}`) },
      { name: secure, cluster: cluster(`https://${host}`) },
    ],
    users: users.map((user) => ({ name: user.name, user: { token: user.token } })),
    contexts: users.flatMap((user) => [
      { name: user.name, context: { cluster: name, user: user.name } },
      { name: `${user.name}-tls`, context: { cluster: secure, user: user.name } },
    ]),
    'current-context': name,
  });
}
