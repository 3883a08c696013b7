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
  const other = images.find(
    (image) => !lists.every((list) => list.some((registry) => isBelow(registry, image))),
  );
  return other === undefined
    ? allows(RULE, `${images.join(', ')} comes from ${known}`)
    : denies(RULE, `${other} does not come from ${known}`);
};

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

/** As a container runtime reads it: a name without a host is Docker Hub's (https://github.com/distribution/reference). */
function fullName(image: string): string {
  const place = fullPlace(image);
  return /^docker\.io\/[^/]+$/.test(place) ? place.replace('/', '/library/') : place;
}

function fullPlace(name: string): string {
  const [first = ''] = name.split('/');
  const hasHost = first.includes('.') || first === 'localhost' || (name.includes('/') && first.includes(':'));
  return hasHost ? name.replace(/\/+$/, '') : `docker.io/${name}`;
}
