// The clinic that a link names in its fragment: `#clinic=<id>`. Which clinic somebody turns to is nobody's business, so it stands in no
// request for a page, and in no log.
const CLINIC_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The id of the clinic in the address; undefined when there is none. */
export function findClinic() {
  const id = new URLSearchParams(location.hash.slice(1)).get('clinic') ?? '';
  return CLINIC_ID.test(id) ? id : undefined;
}

/** The address of a page that knows the clinic. */
export function linkFor(page, clinicId) {
  return `/${page}#clinic=${clinicId}`;
}
