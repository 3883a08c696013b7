import { type RefusalCode, Refused } from './refusal.ts';

type Rule = { readonly code: RefusalCode; readonly says: string; readonly flags: readonly string[] };

/** They are refused because no verb lists them; these sentences only say why nobody should ask. */
const RULES: readonly Rule[] = [
  {
    code: 'forbidden_flag',
    says: 'which cluster is asked, and how, is not up to a command',
    flags: [
      ...['--server', '-s', '--context', '--cluster', '--kubeconfig', '--certificate-authority'],
      ...['--insecure-skip-tls-verify', '--tls-server-name', '--proxy-url', '--disable-compression'],
      ...['--request-timeout', '--match-server-version'],
    ],
  },
  {
    code: 'forbidden_flag',
    says: 'as whom the cluster is asked is not up to a command',
    flags: [
      ...['--token', '--user', '--username', '--password', '--client-certificate', '--client-key'],
      ...['--as', '--as-group', '--as-uid', '--as-user-extra', '--auth-provider'],
    ],
  },
  {
    code: 'forbidden_flag',
    says: 'no command reads or writes a file or an address',
    flags: [
      ...['--filename', '--kustomize', '-k', '--recursive', '-R', '--cache-dir', '--output-directory'],
      ...['--profile', '--profile-output', '--log-file', '--log-dir', '--template', '--raw', '--patch-file'],
      ...['--from-file', '--from-env-file', '--kuberc'],
    ],
  },
  {
    code: 'forbidden_flag',
    says: 'it prints what was sent to the cluster',
    flags: ['-v', '--v', '--vmodule', '--show-managed-fields', '--logtostderr', '--alsologtostderr'],
  },
  {
    code: 'unbounded',
    says: 'a command here ends by itself; firstmate looks again where it must',
    flags: ['--watch', '-w', '--watch-only', '--follow'],
  },
  { code: 'bulk', says: 'a change is for one named object', flags: ['--all'] },
  {
    code: 'forced',
    says: 'nothing is forced past the cluster',
    flags: ['--force', '--grace-period', '--now', '--cascade', '--disable-eviction'],
  },
  {
    code: 'forbidden_flag',
    says: 'every change is rehearsed before it is proposed, without being told to',
    flags: ['--dry-run', '--validate'],
  },
  { code: 'forbidden_flag', says: 'it means a file or an endless read', flags: ['-f'] },
];

const BY_FLAG: ReadonlyMap<string, Rule> = new Map(
  RULES.flatMap((rule) => rule.flags.map((flag): [string, Rule] => [flag, rule])),
);

/** The refusal of a flag that the verb does not take. */
export function forbiddenFlag(flag: string, column: number): Refused {
  const rule = BY_FLAG.get(flag);
  return rule === undefined
    ? new Refused('unknown_flag', `"${flag}" is not a flag that firstmate takes here`, column)
    : new Refused(rule.code, `"${flag}" is refused: ${rule.says}`, column);
}
