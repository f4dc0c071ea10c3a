import { chooseByWeight, type Random } from './random.js';

/** A province: how many of a thousand customers live there, how its postal codes begin, some towns (without apostrophes, which would end the quotes). */
interface Province {
  code: string;
  weight: number;
  postalLetters: string;
  towns: readonly [string, ...string[]];
}

/**
 * Where the invented customers live. As in real logs of this kind, Newfoundland and Labrador goes by
 * `NF`, the code that Canada Post gave up in 2002, and one name was spoilt by a wrong character set.
 */
const provinces: readonly [Province, ...Province[]] = [
  {
    code: 'QC',
    weight: 280,
    postalLetters: 'GHJ',
    towns: [
      'Montréal',
      'Québec',
      'Laval',
      'Gatineau',
      'Trois-Rivières',
      'Lévis',
      'Saint-Franþois-du-Lac',
    ],
  },
  {
    code: 'ON',
    weight: 235,
    postalLetters: 'KLMNP',
    towns: ['Toronto', 'Ottawa', 'Hamilton', 'London', 'Kingston', 'Thunder Bay', 'Guelph'],
  },
  {
    code: 'NB',
    weight: 150,
    postalLetters: 'E',
    towns: ['Moncton', 'Fredericton', 'Saint John', 'Bathurst', 'Shippagan'],
  },
  {
    code: 'AB',
    weight: 88,
    postalLetters: 'T',
    towns: ['Calgary', 'Edmonton', 'Red Deer', 'Lethbridge'],
  },
  {
    code: 'BC',
    weight: 84,
    postalLetters: 'V',
    towns: ['Vancouver', 'Victoria', 'Kelowna', 'Prince George'],
  },
  {
    code: 'NS',
    weight: 66,
    postalLetters: 'B',
    towns: ['Halifax', 'Truro', 'Yarmouth', 'Lunenburg'],
  },
  {
    code: 'NF',
    weight: 32,
    postalLetters: 'A',
    towns: ['Gander', 'Corner Brook', 'Grand Falls'],
  },
  { code: 'MB', weight: 31, postalLetters: 'R', towns: ['Winnipeg', 'Brandon', 'Saint-Boniface'] },
  { code: 'SK', weight: 16, postalLetters: 'S', towns: ['Regina', 'Saskatoon', 'Moose Jaw'] },
  { code: 'PE', weight: 8, postalLetters: 'C', towns: ['Charlottetown', 'Summerside'] },
  { code: 'NU', weight: 4, postalLetters: 'X', towns: ['Iqaluit', 'Rankin Inlet'] },
  { code: 'NT', weight: 3, postalLetters: 'X', towns: ['Yellowknife', 'Hay River'] },
  { code: 'YT', weight: 3, postalLetters: 'Y', towns: ['Whitehorse', 'Dawson'] },
];

const streets = [
  'Alder',
  'Bayview',
  'Cedar Hill',
  'Chapel',
  'Elm',
  'Foundry',
  'Harbour',
  'Juniper',
  'Lakeside',
  'Lighthouse',
  'Maple',
  'Mill',
  'Orchard',
  'Quarry',
  'River',
  'Station',
  'Tamarack',
  'Windmill',
] as const;
const streetKinds = ['Ave.', 'Street', 'St.', 'Road', 'Rd.', 'Lane', 'Drive', 'Court'] as const;
const directions = ['', '', '', '', 'North ', 'South ', 'East ', 'West ', 'N. ', 'S. '] as const;
/** Canada Post uses neither D, F, I, O, Q nor U, which are easily misread. */
const postalAlphabet = 'ABCEGHJKLMNPRSTVWXYZ';

/** Of a thousand addresses, how many lack the space before the province, and the comma before the town. */
const perThousand = { withoutSpace: 5, withoutComma: 5 };

/**
 * An address as the logs have it, wrapped in single quotes:
 * `'12 Elm St., Halifax, NS B3H 4R2'`. A few lack the space before the province or the comma before
 * the town.
 */
export function inventAddress(random: Random): string {
  const province = provinces[chooseByWeight(random, provinces) ?? 0] ?? provinces[0];
  const street = `${random.pick(directions)}${random.pick(streets)} ${random.pick(streetKinds)}`;
  const oddity = random.below(1000);
  const beforeTown = oddity < perThousand.withoutComma ? ' ' : ', ';
  const withoutSpace =
    oddity >= perThousand.withoutComma &&
    oddity < perThousand.withoutComma + perThousand.withoutSpace;
  const town = random.pick(province.towns);
  const place = `${town},${withoutSpace ? '' : ' '}${province.code} ${postalCode(random, province)}`;
  return `'${1 + random.below(9900)} ${street}${beforeTown}${place}'`;
}

function postalCode(random: Random, { postalLetters }: Province): string {
  const letter = (from: string): string => from.charAt(random.below(from.length));
  const digit = (): number => random.below(10);
  const area = `${letter(postalLetters)}${digit()}${letter(postalAlphabet)}`;
  return `${area} ${digit()}${letter(postalAlphabet)}${digit()}`;
}
