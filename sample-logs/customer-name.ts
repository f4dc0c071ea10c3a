import type { Random } from './random.js';

const firstNames = [
  'Ada',
  'Amélie',
  'Arjun',
  'Beatrice',
  'Callum',
  'Chloé',
  'Desmond',
  'Edith',
  'Fiona',
  'François',
  'Grace',
  'Hamza',
  'Ingrid',
  'Jérôme',
  'Kateri',
  'Leon',
  'Mei',
  'Noor',
  'Olivier',
  'Priya',
  'Quentin',
  'Rosalind',
  'Tomasz',
  'Zoé',
] as const;

const lastNames = [
  'Abernathy',
  'Beaulieu',
  'Campbell',
  'Chowdhury',
  'Desrosiers',
  'Eriksen',
  'Fournier',
  'Gagné',
  'Haddad',
  'Ivanova',
  'Joseph',
  'Kowalski',
  'Lévesque',
  'MacIsaac',
  'Nguyen',
  'Okafor',
  'Pelletier',
  'Quinn',
  'Robichaud',
  'Singh',
  'Thibault',
  'Underhill',
  'Wong',
  'Yamada',
] as const;

/** A first and a last name, put together by chance. */
export function inventName(random: Random): { firstname: string; lastname: string } {
  return { firstname: random.pick(firstNames), lastname: random.pick(lastNames) };
}
