// Provinces, states and territories of countries by ISO 3166-2: those whose outlines there are.

import { closestName } from '../../text/closest-name.js';

/** A country whose parts can be drawn. */
export interface DividedCountry {
  readonly name: string;
  /** Its ISO-3 code, by which its outlines are found. */
  readonly outlines: string;
}

/** A part of a country. */
export interface Subdivision {
  /** Its code of ISO 3166-2, like `CA-QC`. */
  readonly code: string;
  readonly name: string;
  readonly country: DividedCountry;
  /** The id of its outline among those of its country. */
  readonly outline: string;
}

const parts: Readonly<Record<string, DividedCountry & { readonly parts: string }>> = {
  AU: {
    name: 'Australia',
    outlines: 'AUS',
    parts: `ACT=Australian Capital Territory|NSW=New South Wales|NT=Northern Territory|QLD=Queensland
      |SA=South Australia|TAS=Tasmania|VIC=Victoria|WA=Western Australia`,
  },
  BR: {
    name: 'Brazil',
    outlines: 'BRA',
    parts: `AC=Acre|AL=Alagoas|AM=Amazonas|AP=Amapá|BA=Bahia|CE=Ceará|DF=Distrito Federal|ES=Espírito Santo|GO=Goiás
      |MA=Maranhão|MG=Minas Gerais|MS=Mato Grosso do Sul|MT=Mato Grosso|PA=Pará|PB=Paraíba|PE=Pernambuco|PI=Piauí
      |PR=Paraná|RJ=Rio de Janeiro|RN=Rio Grande do Norte|RO=Rondônia|RR=Roraima|RS=Rio Grande do Sul
      |SC=Santa Catarina|SE=Sergipe|SP=São Paulo|TO=Tocantins`,
  },
  CA: {
    name: 'Canada',
    outlines: 'CAN',
    parts: `AB=Alberta|BC=British Columbia|MB=Manitoba|NB=New Brunswick|NL=Newfoundland and Labrador|NS=Nova Scotia
      |NT=Northwest Territories|NU=Nunavut|ON=Ontario|PE=Prince Edward Island|QC=Quebec|SK=Saskatchewan|YT=Yukon`,
  },
  US: {
    name: 'the United States',
    outlines: 'USA',
    parts: `AK=Alaska|AL=Alabama|AR=Arkansas|AZ=Arizona|CA=California|CO=Colorado|CT=Connecticut
      |DC=District of Columbia|DE=Delaware|FL=Florida|GA=Georgia|HI=Hawaii|IA=Iowa|ID=Idaho|IL=Illinois|IN=Indiana
      |KS=Kansas|KY=Kentucky|LA=Louisiana|MA=Massachusetts|MD=Maryland|ME=Maine|MI=Michigan|MN=Minnesota|MO=Missouri
      |MS=Mississippi|MT=Montana|NC=North Carolina|ND=North Dakota|NE=Nebraska|NH=New Hampshire|NJ=New Jersey
      |NM=New Mexico|NV=Nevada|NY=New York|OH=Ohio|OK=Oklahoma|OR=Oregon|PA=Pennsylvania|RI=Rhode Island
      |SC=South Carolina|SD=South Dakota|TN=Tennessee|TX=Texas|UT=Utah|VA=Virginia|VT=Vermont|WA=Washington
      |WI=Wisconsin|WV=West Virginia|WY=Wyoming`,
  },
};

/** Ids of outlines that are not the code's last part: Natural Earth has Australia's own abbreviations. */
const otherOutlines: Readonly<Record<string, string>> = {
  'AU-ACT': 'CT',
  'AU-NSW': 'NS',
  'AU-QLD': 'QL',
  'AU-TAS': 'TS',
  'AU-VIC': 'VI',
};

/** All parts of countries that can be drawn. */
export const subdivisions: readonly Subdivision[] = Object.entries(parts).flatMap(
  ([prefix, { name, outlines, parts: list }]) => {
    const country = { name, outlines };
    return list.split('|').map((part): Subdivision => {
      const [end = '', called = ''] = part.trim().split('=');
      const code = `${prefix}-${end}`;
      return { code, name: called, country, outline: otherOutlines[code] ?? end };
    });
  },
);

/** Names and codes without case and accents, as people write them. */
function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

const byPlain = new Map(
  subdivisions.flatMap((one) => [
    [plain(one.code), one],
    [plain(one.name), one],
  ]),
);

/** The part of a country that a code or a name means; undefined: there is none that can be drawn. */
export function findSubdivision(text: string): Subdivision | undefined {
  return byPlain.get(plain(text));
}

/** What is wrong with a location that {@link findSubdivision} does not find, with those that may be meant. */
export function unknownSubdivision(text: string): string {
  const wanted = plain(text);
  const sameEnd = subdivisions.filter(({ code }) => plain(code.slice(3)) === wanted);
  const near = closestName(wanted, byPlain.keys());
  const nearest = near === undefined ? undefined : byPlain.get(near);
  const meant = sameEnd.length > 0 ? sameEnd : nearest === undefined ? [] : [nearest];
  const prefix = /^([a-z]{2}) [a-z0-9]{1,3}$/.exec(wanted)?.[1]?.toUpperCase();
  const countries = Object.values(parts).map(({ name }) => name);
  const known = `${countries.slice(0, -1).join(', ')} and ${countries.at(-1)}`;
  if (prefix !== undefined && !Object.hasOwn(parts, prefix)) {
    return `there are no outlines of the parts of ${prefix}, only of those of ${known}; give others as geojson.`;
  }
  if (meant.length > 0) {
    return `no part of ${known} is called so; is ${meant.map(({ code, name }) => `${code} (${name})`).join(' or ')} meant?`;
  }
  return `no part of ${known} is called so: give codes like CA-QC or names like Quebec, and outlines of other regions as geojson.`;
}
