import { BAD_IMAGE } from './bad-image.ts';
import { BAD_RELEASE } from './bad-release.ts';
import type { Scenario } from './scenario.ts';

export const SCENARIOS: readonly Scenario[] = [BAD_RELEASE, BAD_IMAGE];

/** The scenario of a name or an alias; throws with the known names for any other. */
export function findScenario(name: string): Scenario {
  const found = SCENARIOS.find((scenario) => scenario.name === name || scenario.aliases.includes(name));
  if (found !== undefined) return found;
  const known = SCENARIOS.map((scenario) => scenario.name).join(', ');
  throw new Error(`there is no scenario "${name}"; the known ones are: ${known}`);
}
