import type { FieldChange } from '../kube.ts';
import type { Draft } from '../plan.ts';
import type { GitOwner } from '../safety/facts.ts';
import { denies, type Guard, warns } from './guard.ts';

const RULE = 'safety.gitops_owner';
const MOST_FIELDS = 5;
const MOST_VALUE = 80;
/** Pods and nodes are not what Git describes. */
const NOT_FROM_GIT: ReadonlySet<string> = new Set(['Pod', 'Node']);

/**
 * What Argo CD or Flux writes from Git is changed in Git: self-healing would take a change back at once. Without
 * self-healing it lasts until the next sync, and people are told. A restart and a deleted pod leave what Git says alone.
 */
export const safetyGitopsOwner: Guard = ({ operation, draft, safety }) => {
  if (operation.verb === 'rollout restart' || draft.diff.every(isOnlyMore)) return null;
  if (draft.targets.every(({ ref }) => NOT_FROM_GIT.has(ref.kind))) return null;
  const { owners } = safety;
  if (!owners.known)
    return denies(RULE, `whether Argo CD or Flux would take this back cannot be seen: ${owners.says}`);
  const fromGit = owners.value.filter((owner) => owner.by === 'git');
  const healing = fromGit.filter(({ selfHeal }) => !selfHeal.known || selfHeal.value);
  if (healing.length > 0) return denies(RULE, healing.map((owner) => inGit(owner, draft)).join('; '));
  if (owners.value.length === 0) return null;
  return warns(
    RULE,
    owners.value
      .map((owner) =>
        owner.by === 'git'
          ? `${owner.name} manages ${owner.object}, and its next sync takes this back. ${where(owner, draft)}`
          : `${owner.name} manages ${owner.object} and may take this back: change it there`,
      )
      .join('; '),
  );
};

/** A label or an annotation that Git does not speak of is left alone by both tools. */
function isOnlyMore({ path, before }: FieldChange): boolean {
  return before === undefined && /^metadata\.(?:labels|annotations)\b/.test(path);
}

function inGit(owner: GitOwner, draft: Draft): string {
  const { selfHeal } = owner;
  const doubt = selfHeal.known
    ? ''
    : ` (whether it heals itself cannot be seen, which counts as yes: ${selfHeal.says})`;
  return `${owner.name} manages ${owner.object} and would take this back at once${doubt}. ${where(owner, draft)}`;
}

/** `Change it in Git: path apps/shop of https://git.example/apps, field spec.replicas, value 4`. */
function where({ source, object }: GitOwner, { diff }: Draft): string {
  const place =
    source === null ? `where ${object} is described` : `path ${source.path || '.'} of ${source.repository}`;
  const fields = diff.filter((change) => change.object === object);
  const shown = fields.slice(0, MOST_FIELDS).map(fieldText);
  const more = fields.length > shown.length ? `; ${fields.length - shown.length} more fields` : '';
  return `Change it in Git: ${place}, ${shown.join('; ')}${more}`;
}

function fieldText({ path, after }: FieldChange): string {
  if (after === undefined) return path === '' ? 'remove it' : `field ${path}, take it out`;
  const value = typeof after === 'string' ? after : JSON.stringify(after);
  return `field ${path}, value ${value.length > MOST_VALUE ? `${value.slice(0, MOST_VALUE)} …` : value}`;
}
