import type { Faker } from '@faker-js/faker';
import { faker as arabic } from '@faker-js/faker/locale/ar';
import { faker as german } from '@faker-js/faker/locale/de';
import { faker as greek } from '@faker-js/faker/locale/el';
import { faker as english } from '@faker-js/faker/locale/en';
import { faker as hebrew } from '@faker-js/faker/locale/he';
import { faker as japanese } from '@faker-js/faker/locale/ja';
import { faker as korean } from '@faker-js/faker/locale/ko';
import { faker as ukrainian } from '@faker-js/faker/locale/uk';
import { faker as vietnamese } from '@faker-js/faker/locale/vi';
import { faker as chinese } from '@faker-js/faker/locale/zh_CN';
import type { Resource } from './fhir.ts';

/** The system under which the region knows its people: it makes one person of two records in two clinics. */
export const PERSON_SYSTEM = 'https://people.careward.example/number';

const SSN_SYSTEM = 'http://hl7.org/fhir/sid/us-ssn';

/** Languages of the people, in turn: Latin, Arabic, Greek, Hebrew, Japanese, Korean, Cyrillic, Chinese script. */
const LANGUAGES = [english, german, arabic, japanese, greek, ukrainian, hebrew, vietnamese, korean, chinese];

/** Languages in which the family name stands first, with the space that the script puts between. */
const FAMILY_FIRST = new Map<Faker, string>([
  [japanese, ' '],
  [korean, ''],
  [chinese, ''],
  [vietnamese, ' '],
]);

/** Puts every language at the start of the same sequence. */
export function seedPeople(seed: number): void {
  for (const [at, language] of LANGUAGES.entries()) {
    language.seed(seed + at);
    language.setDefaultRefDate('2025-06-30T00:00:00.000Z');
  }
}

/** The patient resource of one person. Equal numbers and seeds give equal people. */
export function personResource(number: number): Resource {
  const faker = LANGUAGES[number % LANGUAGES.length] ?? english;
  const gender = faker.helpers.arrayElement(['female', 'male'] as const);
  const digits = (length: number) => faker.string.numeric(length);
  const birth = faker.date.birthdate({ mode: 'age', min: 3, max: 91 });
  return {
    resourceType: 'Patient',
    id: faker.string.uuid(),
    identifier: [
      { system: PERSON_SYSTEM, value: `P-${String(number).padStart(5, '0')}` },
      // 900 to 999 is never issued as a social security number.
      { system: SSN_SYSTEM, value: `9${digits(2)}-${digits(2)}-${digits(4)}` },
    ],
    name: [{ use: 'official', ...nameOf(faker, gender) }],
    gender,
    birthDate: birth.toISOString().slice(0, 'YYYY-MM-DD'.length),
    telecom: [
      // 555-01 is kept free for made-up numbers.
      { system: 'phone', value: `+1 212 555 01${digits(2)}` },
      { system: 'email', value: `person-${number}@mail.example` },
    ],
    address: [
      {
        line: [faker.location.streetAddress()],
        city: faker.location.city(),
        postalCode: faker.location.zipCode(),
      },
    ],
  };
}

function nameOf(faker: Faker, gender: 'female' | 'male') {
  const family = faker.person.lastName(gender);
  const given = faker.person.firstName(gender);
  const between = FAMILY_FIRST.get(faker);
  return {
    text: between === undefined ? `${given} ${family}` : `${family}${between}${given}`,
    family,
    given: [given],
  };
}
