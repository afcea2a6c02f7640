export { ClientBindings } from './gate/client-binding.ts';
export { RequestClaims } from './gate/request-claims.ts';
export { RequestGate } from './gate/request-gate.ts';
export { JwtAuthGuard } from './jwt-auth.guard.ts';
export { ExternalIdentityRepository } from './openid/external-identity.repository.ts';
export { IdentitiesController } from './openid/identities.controller.ts';
export { IdentityLinkingService } from './openid/identity-linking.service.ts';
export { OpenidController } from './openid/openid.controller.ts';
export { OpenidClients } from './openid/openid-clients.ts';
export { OpenidProviders } from './openid/openid-providers.ts';
export { OpenidSignInService } from './openid/openid-sign-in.service.ts';
export { OpenidTransactions } from './openid/openid-transactions.ts';
export { OwnPasskeysController } from './passkeys/own-passkeys.controller.ts';
export { OwnPasskeys } from './passkeys/own-passkeys.ts';
export { PasskeyRepository } from './passkeys/passkey.repository.ts';
export { PasskeyAuthenticationService } from './passkeys/passkey-authentication.service.ts';
export { PasskeyChallenges } from './passkeys/passkey-challenges.ts';
export { PasskeyRegistrationService } from './passkeys/passkey-registration.service.ts';
export { PasskeySignInController } from './passkeys/passkey-sign-in.controller.ts';
export { PasskeySignInService } from './passkeys/passkey-sign-in.service.ts';
export { PasskeySignInSteps } from './passkeys/passkey-sign-in-steps.ts';
export { relyingPartyAt } from './passkeys/relying-party.ts';
export { DecoyHashes } from './passwords/decoy-hashes.ts';
export { OwnPasswordRules } from './passwords/own-password-rules.ts';
export { PasswordHasher } from './passwords/password-hasher.ts';
export { PasswordPolicy } from './passwords/password-policy.ts';
export {
  Public,
  RECENT_PROOF,
  RecentProof,
  ROUTE_ENTRY,
  type RouteEntry,
  SignedIn,
  WHILE_DISTRUSTED,
} from './public.decorator.ts';
export { FactorRepository } from './second-factor/factor.repository.ts';
export { FactorsController } from './second-factor/factors.controller.ts';
export { MemberFactorsService } from './second-factor/member-factors.service.ts';
export { OwnFactorsService } from './second-factor/own-factors.service.ts';
export { RecoveryCodeRepository } from './second-factor/recovery-code.repository.ts';
export { TotpEnrolmentService } from './second-factor/totp-enrolment.service.ts';
export { TotpFactorRepository } from './second-factor/totp-factor.repository.ts';
export { OwnSessions } from './sessions/own-sessions.ts';
export { SessionRepository } from './sessions/session.repository.ts';
export { type AccountNews, SessionManagementService } from './sessions/session-management.service.ts';
export { SessionStatisticsService } from './sessions/session-statistics.service.ts';
export { SessionWatchRepository } from './sessions/session-watch.repository.ts';
export { SessionWatch } from './sessions/session-watch.ts';
export { SessionsController } from './sessions/sessions.controller.ts';
export { SuspiciousSessionDetection } from './sessions/suspicious-session-detection.ts';
export { AccountRepository } from './sign-in/account.repository.ts';
export { AccountOwnerRepository } from './sign-in/account-owner.repository.ts';
export { actingAs } from './sign-in/acting-as.ts';
export { ChallengeService } from './sign-in/challenge.service.ts';
export { KnownDeviceRepository } from './sign-in/known-device.repository.ts';
export { DeviceTokens } from './sign-in/known-device.ts';
export { LockoutService } from './sign-in/lockout.service.ts';
export { OwnDevicesController } from './sign-in/own-devices.controller.ts';
export { OwnDevicesService } from './sign-in/own-devices.service.ts';
export { OwnPasswordService } from './sign-in/own-password.service.ts';
export { PasswordSignInService } from './sign-in/password-sign-in.service.ts';
export type { NoticeKind, PersonNotifier } from './sign-in/person-notifier.ts';
export { ReauthenticationService } from './sign-in/reauthentication.service.ts';
export { SecondFactorSignInService } from './sign-in/second-factor-sign-in.service.ts';
export { SecurityEventRepository } from './sign-in/security-event.repository.ts';
export { SignInController } from './sign-in/sign-in.controller.ts';
export { SignInFlow } from './sign-in/sign-in-flow.ts';
export { SignInSteps } from './sign-in/sign-in-steps.ts';
export { challengeHeaders } from './tokens/challenge-headers.ts';
export { DpopService } from './tokens/dpop.service.ts';
export { DpopNonces } from './tokens/dpop-nonce.ts';
export { inspectToken, type TokenCheck } from './tokens/inspect-token.ts';
export { JwtAuthService } from './tokens/jwt-auth.service.ts';
export { LegacyTokens } from './tokens/legacy-tokens.ts';
export { RefreshTokens } from './tokens/refresh-token.ts';
export { JwsKey } from './tokens/strict-jws.ts';
export { TokenKeyRepository } from './tokens/token-key.repository.ts';
export { TokenKeyring } from './tokens/token-keyring.ts';
