import { asAccountId, asClinicId } from '@careward/kernel';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { can, PERMISSIONS, type PolicyPrincipal, phiPermissions, ROLES } from './index.ts';

const accounts = [1, 2, 3].map((n) => asAccountId(`01980000-0000-7000-8000-00000000000${n}`));
const clinics = [1, 2, 3, 4].map((n) => asClinicId(`01980000-0000-7000-8000-0000000000c${n}`));
const account = fc.constantFrom(...accounts);
const clinic = fc.constantFrom(...clinics);
const membership = fc.record({
  clinicId: clinic,
  roles: fc.array(fc.constantFrom(...ROLES), { maxLength: 4 }),
});
const principal: fc.Arbitrary<PolicyPrincipal> = fc.record({
  accountId: account,
  platformRole: fc.constantFrom('SUPER_ADMIN' as const, null),
  memberships: fc.array(membership, { maxLength: 5 }),
});
const asked = fc.array(fc.constantFrom(...PERMISSIONS), { maxLength: 6 });
const owner = fc.constantFrom(undefined, null, ...accounts);
const runs = { numRuns: 2_000 };

test('a membership in another clinic never changes a decision in this one', () => {
  fc.assert(
    fc.property(principal, asked, clinic, owner, membership, (who, permissions, here, owned, extra) => {
      fc.pre(extra.clinicId !== here);
      const resource = { clinicId: here, ownerAccountId: owned };
      const richer = { ...who, memberships: [extra, ...who.memberships] };
      expect(can(richer, permissions, resource)).toEqual(can(who, permissions, resource));
    }),
    runs,
  );
});

test('nobody without a membership gets anything in a clinic, but for platform administration without PHI', () => {
  fc.assert(
    fc.property(principal, asked, clinic, owner, (who, permissions, here, owned) => {
      const outsider = { ...who, memberships: who.memberships.filter((each) => each.clinicId !== here) };
      const decision = can(outsider, permissions, { clinicId: here, ownerAccountId: owned });
      if (!decision.allowed) return;
      expect(who.platformRole).toBe('SUPER_ADMIN');
      expect(decision.scope).toBe('platform');
      expect(phiPermissions.has(decision.permission)).toBe(false);
    }),
    runs,
  );
});

test('the platform role never opens PHI, whatever the memberships say', () => {
  fc.assert(
    fc.property(principal, asked, fc.constantFrom(undefined, null, ...clinics), (who, permissions, here) => {
      const decision = can(who, permissions, { clinicId: here });
      if (!decision.allowed || !phiPermissions.has(decision.permission)) return;
      expect(decision.role).not.toBe('SUPER_ADMIN');
      const ordinary = can({ ...who, platformRole: null }, [decision.permission], { clinicId: here });
      expect(ordinary).toEqual(decision);
    }),
    runs,
  );
});

test('an own decision is never given for the data of another account', () => {
  fc.assert(
    fc.property(principal, asked, clinic, owner, (who, permissions, here, owned) => {
      const decision = can(who, permissions, { clinicId: here, ownerAccountId: owned });
      if (!decision.allowed || decision.scope !== 'own' || owned === undefined) return;
      expect(owned).toBe(who.accountId);
    }),
    runs,
  );
});

test('the order and repetition of memberships and roles change nothing', () => {
  fc.assert(
    fc.property(principal, asked, clinic, owner, (who, permissions, here, owned) => {
      const resource = { clinicId: here, ownerAccountId: owned };
      const shuffled = who.memberships.map((each) => ({ ...each, roles: each.roles.toReversed() }));
      const same = { ...who, memberships: [...shuffled.toReversed(), ...shuffled] };
      expect(can(same, permissions, resource)).toEqual(can(who, permissions, resource));
    }),
    runs,
  );
});

test('asking for more permissions never turns a yes into a no', () => {
  fc.assert(
    fc.property(principal, asked, asked, clinic, owner, (who, some, more, here, owned) => {
      const resource = { clinicId: here, ownerAccountId: owned };
      if (can(who, some, resource).allowed) expect(can(who, [...some, ...more], resource).allowed).toBe(true);
    }),
    runs,
  );
});
