import { isUnplaced } from '../core/incident.ts';
import { SEVERITIES } from '../core/severity.ts';
import type { Declaration } from '../flow/declare-incident.ts';
import type { Answer, SlackActions } from './actions.ts';
import { type Asked, whereItOpened } from './asked.ts';

const PLACES = ['cluster', 'service', 'namespace', 'workload'] as const;
const PLACE = new RegExp(`^(${PLACES.join('|')})=(.+)$`, 'i');

/** `new SEV2 Customers cannot pay service=checkout`: opens an incident that no alert told of. */
export async function newIncident(actions: SlackActions, asked: Asked, rest: string): Promise<Answer> {
  const parsed = readDeclaration(rest);
  if ('says' in parsed) return { says: `${parsed.says} ${usage(asked)}` };
  const answer = await actions.declare({ declaration: parsed, by: asked.by });
  if ('says' in answer) return answer;
  const where = whereItOpened(answer, 'Opened');
  return {
    says: isUnplaced(answer.opened) ? `${where} Pick its cluster there: nothing is read before.` : where,
  };
}

function usage({ command }: Asked): string {
  return `For example: ${command} new SEV2 Customers cannot pay service=checkout namespace=shop`;
}

/** The severity, if any, comes first; `key=value` may stand anywhere and once; all else is the title, as it was typed. */
export function readDeclaration(text: string): Declaration | { readonly says: string } {
  const words = text.trim().split(/\s+/);
  const severity = SEVERITIES.find((one) => one === words[0]?.toUpperCase()) ?? null;
  const places = new Map<string, string>();
  const title: string[] = [];
  for (const word of severity === null ? words : words.slice(1)) {
    const [, key = '', value = ''] = PLACE.exec(word) ?? [];
    const name = key.toLowerCase();
    if (name === '') title.push(word);
    else if (places.has(name)) return { says: `${name}= stands there twice.` };
    else places.set(name, value);
  }
  const place = (name: (typeof PLACES)[number]): string | null => places.get(name) ?? null;
  if (title.join('') === '') return { says: 'Say in a few words what is wrong.' };
  return {
    title: title.join(' '),
    severity,
    cluster: place('cluster'),
    service: place('service'),
    namespace: place('namespace'),
    workload: place('workload'),
  };
}
