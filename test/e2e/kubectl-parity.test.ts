import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../src/core/command/parse.ts';
import { connect, within } from '../kubernetes/fixture.ts';
import { kubectlMinor, startKubectl } from '../playground/kubernetes/kubectl.ts';

const minor = await kubectlMinor();

/** Lines that both are given; the columns are compared to the blank, but for what stands at the end of a line. */
const SAME = [
  'get deployments -n shop --show-labels',
  'get deploy,svc -n shop --show-labels --no-headers',
  'get deploy/checkout svc/checkout -n shop',
  'get deploy,svc checkout -n shop',
  'get nodes --show-labels',
  'get pods -A --show-labels --sort-by=.metadata.name',
  'get pods -n shop --no-headers --sort-by=.metadata.uid',
  'get pods -n shop -l app=checkout -o name',
  'get deploy,svc -n shop -o name',
  'get deploy,svc -n shop -o name --sort-by=.metadata.uid',
  'get deploy/checkout svc/orders -n shop -o name',
  'get deployments.v1.apps -n shop -o wide --sort-by={.spec.replicas}',
  'get deploy -n shop --sort-by=.metadata.creationTimestamp',
  `get deploy -n shop --sort-by='.metadata.annotations.deployment\\.kubernetes\\.io/revision'`,
  'get deploy -n shop -o name --sort-by=.spec.template.spec.containers[0].image',
  `get pods -n shop -o jsonpath='{.items[*].metadata.name}'`,
  `get deploy -n shop -o jsonpath='{range .items[*]}{.metadata.name}{"\\t"}{.spec.replicas}{"\\n"}{end}'`,
  `get deploy -n shop -o jsonpath='{.items[?(@.spec.replicas>2)].metadata.name}'`,
  `get deploy -n shop -o jsonpath='{.items[?(@.metadata.name!="checkout")].spec.strategy}'`,
  `get deploy -n shop -o jsonpath="{.items[0]['metadata.name','kind']}"`,
  `get deploy -n shop -o jsonpath='{.items[-1:].metadata.labels} {.items[::2].metadata.name} {.kind}'`,
  `get deploy checkout -n shop -o jsonpath='{.spec.replicas} {.spec.nope} {.metadata.labels.app} {..image}'`,
  `get deploy checkout -n shop -o jsonpath='{.status.conditions[?(@.type=="Available")].status}'`,
  `get deploy checkout orders -n shop -o jsonpath='{.items[*].metadata.name}'`,
  `get pods -n shop -o jsonpath='{.items[*].status.containerStatuses[*].ready}' --sort-by=.metadata.name`,
  `get jobs -n shop -o jsonpath='{.items}{.metadata}'`,
  `get deploy -n shop -o jsonpath='{range .items[*]}{range .spec.template.spec.containers[*]}{.name}:{.resources.limits}{";"}{end}{end}'`,
  'get pods -nshop -owide -lapp=checkout',
  `get pods -nshop -ojsonpath='{.items[*].status.phase}'`,
  String.raw`get pods -n shop -o jsonpath="{range .items[*]}{.metadata.name}{'\t'}{.spec.nodeName}{'\n'}{end}"`,
  String.raw`get deploy -n shop -o jsonpath="{.items[?(@.metadata.name==\"orders\")].spec.replicas}{\"\n\"}"`,
  String.raw`get deploy checkout -n shop -o jsonpath="{.metadata.annotations['deployment\.kubernetes\.io/revision']}"`,
  String.raw`get deploy checkout -n shop -o jsonpath="{.metadata.annotations.deployment\\.kubernetes\\.io/revision}"`,
  String.raw`get deploy -n shop -o jsonpath="{range .items[*]}{'\"'}{.metadata.name}{'\"'}{\"'\"}{end}"`,
  'get pods -A --field-selector=spec.hostNetwork=false,status.nominatedNodeName= -o name --sort-by=.metadata.uid',
  'get rs -n shop --field-selector=status.replicas!=0 -o name --sort-by=.metadata.uid',
  `get events -n shop --field-selector 'involvedObject.fieldPath=spec.containers{checkout}' -o name`,
  'rollout -n shop status deploy/checkout',
  'rollout status deploy/checkout -nshop -w=false',
  'auth -n=shop can-i patch deployments --subresource scale',
  'api-resources --namespaced -o name',
  'get --raw=/readyz',
  'get --raw=/livez?verbose',
  'auth can-i delete pods -n shop',
  'auth can-i get deployments/checkout -n shop',
  'api-resources --api-group=apps',
  'api-resources --namespaced=false --no-headers',
  'api-resources -o wide --api-group=batch',
];

/** The words of a line, as the shell that it is written for makes them. */
function words(line: string): string[] {
  return [...line.matchAll(/(?:[^\s'"]|'[^']*'|"(?:\\.|[^"\\])*")+/g)].map(([word]) =>
    word.replaceAll(
      /'([^']*)'|"((?:\\.|[^"\\])*)"/g,
      (_, single?: string, double?: string) => single ?? double?.replaceAll(/\\(["\\])/g, '$1') ?? '',
    ),
  );
}

const trimmed = (text: string): string => text.trimEnd().replaceAll(/ +$/gm, '');

if (minor === undefined) test.skip('no kubectl 1.32 or newer on this machine');
else {
  describe(`prints what kubectl 1.${minor} prints`, { timeout: 120_000 }, () => {
    test('for the same lines', async ({ onTestFinished }) => {
      const kubectl = await startKubectl();
      onTestFinished(() => kubectl.stop());
      const { reader } = await connect(kubectl.cluster.kubeconfig, {
        settings: { context: 'pg-admin' },
        now: () => new Date(kubectl.cluster.now()),
      });
      for (const line of SAME) {
        const parsed = parseCommand(`kubectl ${line}`);
        if (parsed.verdict !== 'read') throw new Error(`${line}: ${parsed.reason}`);
        const seen = await reader.read(parsed.operation, within());
        const ours = seen.status === 'ok' ? seen.text : seen.says;
        const theirs = await kubectl.run(...words(line));
        expect({ line, text: trimmed(ours) }).toEqual({ line, text: trimmed(theirs.stdout) });
      }
    });
  });
}
