// What of a searchable value is indexed. Two spellings that a receptionist means as the same must give the same term.

/** An SSN reduced to its digits: `999-26-3829` and `999 26 3829` are the same number. */
export function ssnTerm(ssn: string): string {
  return ssn.replaceAll(/[^0-9]/g, '');
}

/** The words of a name in any script, NFKC and case-folded, without punctuation: `O'Keefe` is `okeefe`. At most 20 words. */
export function nameTerms(name: string): string[] {
  const words = name
    .normalize('NFKC')
    .toLocaleLowerCase('und')
    .replaceAll(/['’ʼ.]/gu, '')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .filter((word) => word.length > 0);
  return [...new Set(words)].slice(0, 20);
}

/** What an identifier is found by: its value alone, and its value within the system that issued it. */
export function identifierTerms(identifier: {
  readonly system: string;
  readonly value: string;
}): [string, string] {
  return [identifier.value, `${identifier.system}|${identifier.value}`];
}

/** An e-mail address as it is compared: trimmed, NFKC, lower case (RFC 5321 leaves the local part to the host; people do not). */
export function emailTerm(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase();
}
