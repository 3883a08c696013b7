import { allowances, denies, type Guard } from './guard.ts';

/** Whoever must approve has to be somebody that firstmate.yaml knows. */
export const teamUnknown: Guard = (input) => {
  const named = [
    ...allowances(input).flatMap(({ action }) => action.approvers),
    ...(input.runbook?.groups ?? []),
  ];
  const unknown = [...new Set(named)].filter((name) => !input.teams.some((team) => team.name === name));
  if (unknown.length === 0) return null;
  return denies(
    'team.unknown',
    `firstmate.yaml has no team called ${unknown.join(', ')}, whose approval is needed`,
  );
};
