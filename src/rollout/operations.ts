// What may be done with rollouts: the one place from which API, CLI, console and portal take it.
export {
  createRollout,
  deselectUsers,
  editSelectors,
  getRollout,
  listRolloutEvents,
  listRollouts,
  selectUsers,
  type Rollout,
} from './cohort/operations.ts'
export { NAMES_AT_ONCE, type SelectorProblem } from './cohort/selectors.ts'
export {
  compareVersions,
  freeze,
  refreshFindings,
  type Comparison,
  type FreezeProgress as Progress,
} from './list/freeze.ts'
export { FINDINGS, isFinding, type Finding } from './list/findings.ts'
export {
  decideMembers,
  listMembers,
  membersCSV,
  review,
  summarizeMembers,
  type Member,
  type MemberCursor,
  type MemberFilter,
  type MembersPage,
  type Summary,
} from './list/operations.ts'
export { nameOfUpload, readIdpUserList, USER_LIST_BYTES } from './reconcile/idp-user-list.ts'
export type { Match } from './reconcile/nearest-match.ts'
export {
  listAliases,
  mapAlias,
  previewUpload,
  suggestMatches,
  unmapAlias,
  uploadIdpUsers,
  type Alias,
  type UploadProgress,
} from './reconcile/operations.ts'
export {
  approve,
  enable,
  enforce,
  enforceDue,
  scheduleEnforcement,
  type Enforcement,
} from './enforcement/operations.ts'
export { countPeople, getProgress, type Day, type RolloutProgress } from './enforcement/progress.ts'
export { rollBack } from './enforcement/roll-back.ts'
export { PLACEHOLDERS, renderNotice, TEMPLATE } from './notice/notice.ts'
export { inform, recipientsCSV, setNotice } from './notice/operations.ts'
export { createSender, type SendNotice } from './notice/send-notice.ts'
export {
  addBreakGlass,
  createOwnCodes,
  endBreakGlass,
  listBreakGlass,
  spendRecoveryCode,
  type Owner,
} from './break-glass/operations.ts'
