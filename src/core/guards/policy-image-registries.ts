import { allowances, allows, denies, type Guard } from './guard.ts';

const RULE = 'policy.image_registries';

/** Images come only from below the registries that every entry lists; images that are not known come from nowhere. */
export const policyImageRegistries: Guard = (input) => {
  const lists = allowances(input).flatMap(({ action }) =>
    action.imageRegistries === undefined ? [] : [action.imageRegistries],
  );
  if (lists.length === 0) return null;
  const known = lists.map((list) => list.join(', ')).join('; and of these ');
  const images = input.draft.facts.images ?? [];
  if (images.length === 0)
    return denies(RULE, `images may come from ${known}, and which ones this brings is not known`);
  const other = images.find((image) => !lists.every((list) => comesFrom(list, image)));
  return other === undefined
    ? allows(RULE, `${images.join(', ')} comes from ${known}`)
    : denies(RULE, `${other} does not come from ${known}`);
};

/** Whether an image lies below one of the registries. */
export function comesFrom(registries: readonly string[], image: string): boolean {
  return registries.some((registry) => isBelow(registry, image));
}

function isBelow(registry: string, image: string): boolean {
  return (
    `${fullName(image)}/`.startsWith(`${fullPlace(registry)}/`) || repository(image) === fullPlace(registry)
  );
}

/** Without tag and digest. A colon in the last part of the path starts a tag, one before it a port. */
function repository(image: string): string {
  return fullName(image)
    .replace(/@.*$/, '')
    .replace(/:[^/]*$/, '');
}

/**
 * As a container runtime reads it (https://github.com/distribution/reference, `splitDockerDomain`): what stands before
 * the first slash is a host when it has a dot, a colon or a capital letter, or is localhost; else Docker Hub is meant.
 */
function fullName(image: string): string {
  if (!image.includes('/')) return `docker.io/library/${image}`;
  const [first = '', second, ...more] = image.split('/');
  const hasHost = /[.:A-Z]/.test(first) || first === 'localhost';
  if (!hasHost) return `docker.io/${image}`;
  return first === 'docker.io' && more.length === 0 ? `docker.io/library/${second}` : image;
}

/** What a policy lists: a registry, or a place in one; a name without a host is a place in Docker Hub. */
function fullPlace(listed: string): string {
  const [first = ''] = listed.split('/');
  const hasHost = /\.|^localhost(?::|$)/.test(first) || (listed.includes('/') && /[:A-Z]/.test(first));
  return hasHost ? listed.replace(/\/+$/, '') : `docker.io/${listed}`;
}
