/** Why somebody comes, what is found and what is done: the made-up side of medicine, in plain words. */
export interface Complaint {
  /** ICD-10-CM. */
  readonly code: string;
  readonly diagnosis: string;
  readonly procedures: readonly string[];
  readonly medication?: string;
}

/** What the people of the demonstration come with. */
export const COMPLAINTS: readonly Complaint[] = [
  {
    code: 'E11.9',
    diagnosis: 'Type 2 diabetes mellitus without complications',
    procedures: ['Measurement of HbA1c', 'Inspection of both feet'],
    medication: 'Metformin 500 mg, one tablet twice a day with meals',
  },
  {
    code: 'I10',
    diagnosis: 'Essential (primary) hypertension',
    procedures: ['Blood pressure measured on both arms'],
    medication: 'Lisinopril 10 mg, one tablet in the morning',
  },
  {
    code: 'J45.20',
    diagnosis: 'Mild intermittent asthma, uncomplicated',
    procedures: ['Spirometry before and after inhalation'],
    medication: 'Salbutamol 100 micrograms, two puffs when needed',
  },
  {
    code: 'S93.401A',
    diagnosis: 'Sprain of the right ankle',
    procedures: ['X-ray of the ankle', 'Elastic bandage'],
  },
  { code: 'J02.9', diagnosis: 'Acute pharyngitis', procedures: ['Throat swab, rapid test for streptococci'] },
  {
    code: 'F32.1',
    diagnosis: 'Major depressive disorder, single episode, moderate',
    procedures: ['First interview, safety plan agreed'],
    medication: 'Sertraline 50 mg, one tablet in the morning',
  },
  { code: 'M54.50', diagnosis: 'Low back pain', procedures: ['Examination of the spine', 'Exercises shown'] },
  {
    code: 'Z34.02',
    diagnosis: 'Supervision of first pregnancy, second trimester',
    procedures: ['Ultrasound'],
  },
  {
    code: 'H66.91',
    diagnosis: 'Otitis media, right ear',
    procedures: ['Otoscopy'],
    medication: 'Amoxicillin 500 mg, three times a day for five days',
  },
  {
    code: 'L20.9',
    diagnosis: 'Atopic dermatitis',
    procedures: ['Inspection of the skin, photographs taken'],
  },
];
