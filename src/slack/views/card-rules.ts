import type { Plan, Verdict } from '../../core/plan.ts';
import { type Block, context, section } from './blocks.ts';
import { code, count, fence, prose } from './text.ts';

const MOST_RULES = 5;
const RULE_ROOM = 200;
/** A denial says what to do at its end. */
const DENIAL_ROOM = 480;
/** What these allow is said by the card itself. */
const PLAIN: ReadonlySet<string> = new Set(['policy.exists', 'action.type_matches_command']);

type Rule = Verdict['rules'][number];

/** Which policy speaks and what the rules say, what denies first; Details has every rule. */
export function rules(plan: Plan): string {
  const { policy, rules: spoken, allowed } = plan.verdict;
  const who = policy === null ? 'No policy speaks about this service.' : `Policy ${prose(policy.name, 100)}`;
  // What denies stands above the buttons, with the command to run by hand.
  const said = allowed ? inOrder(spoken) : spoken.filter((rule) => !rule.denies);
  return folded(who, said);
}

function folded(head: string, said: readonly Rule[]): string {
  const shown = said.slice(0, MOST_RULES).map(line);
  const more = said.length - shown.length;
  return [head, ...shown, ...(more > 0 ? [`and ${count(more, 'more rule')}, in Details`] : [])].join('\n');
}

function line(rule: Rule): string {
  const mark = rule.denies ? '✗' : rule.warns === true ? '⚠' : '✓';
  return `${mark} ${prose(rule.says, rule.denies ? DENIAL_ROOM : RULE_ROOM)}`;
}

function inOrder(spoken: readonly Rule[]): readonly Rule[] {
  const rank = (rule: Rule): number => (rule.denies ? 0 : rule.warns === true ? 1 : 2);
  return spoken
    .filter(({ rule, denies }) => denies || !PLAIN.has(rule))
    .toSorted((a, b) => rank(a) - rank(b));
}

/** Whether nothing stands in the way but that people run the commands of this environment themselves. */
export function isDraft(plan: Plan): boolean {
  const denying = plan.verdict.rules.filter((rule) => rule.denies);
  return denying.length > 0 && denying.every(({ rule }) => rule === 'mode.assist');
}

/** Why it is not done, and the command for whoever does it by hand. */
export function denied(plan: Plan): readonly Block[] {
  const { rules: spoken } = plan.verdict;
  if (isDraft(plan)) {
    const where = prose(plan.verdict.environment?.name ?? plan.cluster, 60);
    return [
      section(
        `Changes in ${where} are made by people. Once you have looked at it:\n${fence(plan.command, 700)}`,
      ),
    ];
  }
  const reasons = spoken.filter((rule) => rule.denies);
  return [
    section(
      reasons.length === 0
        ? 'firstmate will not do this:\n✗ no rule allows it'
        : folded('firstmate will not do this:', reasons),
    ),
    section(`To do it yourself, after a look at the rules:\n${fence(plan.command, 700)}`),
  ];
}

/** What happens with plans in this environment. */
export function environment({ verdict: { environment: where, automatic } }: Plan): readonly Block[] {
  if (where === undefined) return [];
  const what = {
    assist: 'assist: people run the commands',
    approve: 'approve: changes wait for people',
    auto: automatic === true ? 'auto: the policy asks nobody' : 'auto, but this waits for people',
  }[where.mode];
  return [context(`Environment ${prose(where.name, 60)}, ${what}`)];
}

export function askedBy({ requestedBy, runbook }: Plan): string {
  if (requestedBy.kind !== 'firstmate') return prose(requestedBy.name, 120);
  return runbook === null ? 'firstmate' : `firstmate, by runbook ${code(runbook.name, 120)}`;
}
