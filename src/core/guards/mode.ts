import { notAutomatic } from '../automatic.ts';
import { allows, denies, type Guard } from './guard.ts';

/** In an environment that assists, people run the commands. */
export const modeAssist: Guard = ({ environment }) =>
  environment?.mode === 'assist'
    ? denies(
        'mode.assist',
        `the environment ${environment.name} is set to assist: firstmate drafts the command, and people run it`,
      )
    : null;

/** In an environment set to auto: whether the change needs people all the same, and why. It never denies. */
export const modeAuto: Guard = (input) => {
  const { environment } = input;
  if (environment?.mode !== 'auto') return null;
  const why = notAutomatic(input);
  return allows(
    'mode.auto',
    why === null
      ? `the environment ${environment.name} is set to auto, and nothing asks for a person`
      : `people are asked: ${why}`,
  );
};
