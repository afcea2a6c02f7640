import { SetMetadata } from '@nestjs/common';

/** Metadata key of {@link ClinicScoped}. */
export const CLINIC_SCOPED = 'careward:clinic-scoped';

/** The route works inside one clinic, which the request must name and the caller must belong to. */
export const ClinicScoped = () => SetMetadata(CLINIC_SCOPED, true);
