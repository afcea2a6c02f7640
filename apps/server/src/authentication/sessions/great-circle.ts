import type { Place } from '../../connections/index.ts';

const EARTH_RADIUS_KM = 6_371;

/** The shortest way between two places over the ground, by the haversine formula on a sphere; at most half a per cent off. */
export function greatCircleKm(
  one: Pick<Place, 'latitude' | 'longitude'>,
  other: Pick<Place, 'latitude' | 'longitude'>,
): number {
  const [south, north] = [radians(one.latitude), radians(other.latitude)];
  const acrossHalf = Math.sin((north - south) / 2);
  const alongHalf = Math.sin(radians(other.longitude - one.longitude) / 2);
  const haversine = acrossHalf ** 2 + Math.cos(south) * Math.cos(north) * alongHalf ** 2;
  // Rounding may lead past 1 for places opposite each other.
  return 2 * EARTH_RADIUS_KM * Math.asin(Math.sqrt(Math.min(1, haversine)));
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
