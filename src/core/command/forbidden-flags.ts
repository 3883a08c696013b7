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

/** What to do instead, where a flag of kubectl is often asked for; the verb's own flags are told in any case. */
const INSTEAD: ReadonlyMap<string, string> = new Map([
  ...['-l', '--selector', '--field-selector'].map((flag): [string, string] => [
    flag,
    'here it is one named object, and a selector may mean many',
  ]),
  ...['-A', '--all-namespaces'].map((flag): [string, string] => [flag, 'name one namespace with -n']),
  ...['-L', '--label-columns'].map((flag): [string, string] => [flag, 'use --show-labels, or -o jsonpath']),
  ...['-h', '--help'].map((flag): [string, string] => [flag, 'there is no manual here']),
  ['--since-time', 'use --since with a time such as 15m'],
  ['--limit-bytes', 'use --tail'],
  ['--all-pods', 'name the workload alone, or use -l'],
  ['--client', 'there is no kubectl here, and "kubectl version" tells the server\'s version'],
  ['--list', 'ask about one thing, as in "auth can-i get pods"; labels are shown by "get --show-labels"'],
  ['--delete-local-data', 'it is called --delete-emptydir-data now'],
  ['--record', 'the timeline keeps who changed what, and why'],
  ['--ignore-not-found', 'what is not there is told'],
]);

const BY_FLAG: ReadonlyMap<string, Rule> = new Map(
  RULES.flatMap((rule) => rule.flags.map((flag): [string, Rule] => [flag, rule])),
);

/** The refusal of a flag that the verb does not take; `takes` are the long names of those that it takes. */
export function forbiddenFlag(flag: string, column: number, takes: readonly string[]): Refused {
  const rule = BY_FLAG.get(flag);
  if (rule !== undefined) return new Refused(rule.code, `"${flag}" is refused: ${rule.says}`, column);
  const instead = INSTEAD.get(flag);
  const known = takes.length === 0 ? 'none' : takes.map((long) => `--${long}`).join(', ');
  const says = `"${flag}" is not a flag that firstmate takes here${instead === undefined ? '' : `: ${instead}`}; it takes ${known}`;
  return new Refused('unknown_flag', says, column);
}
