import { stringify } from 'yaml';
import { loadCatalog } from '../commands.ts';
import { beltOf } from '../core/admission.ts';
import { admissionPolicy } from '../core/admission-policy.ts';
import { faultLine } from '../core/catalog.ts';
import { leastAccess } from '../core/rbac.ts';
import { rbacManifest } from '../core/rbac-manifest.ts';
import type { ClusterSettings, WriteToken } from '../core/settings.ts';
import { type Command, UsageError } from './command.ts';

/** RFC 1123 label, as every namespace's name is. */
const NAMESPACE = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

export const command: Command = {
  name: 'rbac',
  usage: 'rbac [--admission] [--namespace NAME]…',
  summary:
    'Prints the least rights that the loaded runbooks and policies need, for `kubectl apply -f -`; with --admission a ValidatingAdmissionPolicy that holds the writing identity to them.',
  options: { admission: { type: 'boolean' }, namespace: { type: 'string', multiple: true } },
  async run({ values, positionals, io, settings: read }) {
    const [extra] = positionals;
    if (extra !== undefined) throw new UsageError(`rbac takes no "${extra}"\nusage: firstmate ${this.usage}`);
    const settings = await read({ secrets: false });
    const namespaces = namespacesOf(values.namespace, settings.protectedNamespaces);
    const catalog = await loadCatalog(settings.folders);
    for (const fault of catalog.faults) io.err(`${faultLine(fault)}\n`);
    const tokens = tokensOf(settings.clusters);
    if (values.admission === true) {
      const isProtected = settings.protectedNamespaces;
      const objects = admissionPolicy(beltOf(catalog), { namespaces, isProtected, tokens });
      io.out(objects.map((object) => `---\n${stringify(object, { lineWidth: 0 })}`).join(''));
    } else {
      io.out(rbacManifest(leastAccess(catalog), namespaces, tokens));
    }
    return 0;
  },
};

/** Each service account once, whichever clusters name it. */
function tokensOf(clusters: readonly ClusterSettings[]): readonly WriteToken[] {
  const tokens = clusters.flatMap(({ writeToken }) => (writeToken === null ? [] : [writeToken]));
  return [...new Map(tokens.map((token) => [`${token.namespace}/${token.serviceAccount}`, token])).values()];
}

function namespacesOf(value: unknown, isProtected: readonly string[]): readonly string[] {
  const named = Array.isArray(value) ? value.map(String) : [];
  for (const namespace of named) {
    if (!NAMESPACE.test(namespace))
      throw new UsageError(`--namespace: "${namespace}" is not the name of a namespace`);
    if (isProtected.includes(namespace))
      throw new UsageError(`--namespace: ${namespace} is protected, nothing is ever changed there`);
  }
  return named;
}
