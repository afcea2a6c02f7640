/** Why data is accessed: the codes of HL7 v3 PurposeOfUse that Careward knows, with their meaning. */
export const PURPOSES_OF_USE = {
  TREAT: 'treatment',
  ETREAT: 'emergency treatment',
  HPAYMT: 'payment',
  HOPERAT: 'healthcare operations',
  HCOMPL: 'legal or regulatory compliance',
  PATRQT: 'at the request of the patient',
  PUBHLTH: 'public health',
  HRESCH: 'research',
} as const;

/** One of the codes of {@link PURPOSES_OF_USE}. */
export type PurposeOfUse = keyof typeof PURPOSES_OF_USE;

/** Tells a known code from any other text; codes are upper case. */
export function isPurposeOfUse(value: string): value is PurposeOfUse {
  return Object.hasOwn(PURPOSES_OF_USE, value);
}
