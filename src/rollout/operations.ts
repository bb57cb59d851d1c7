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
export {
  createIdpUserListReader,
  malformedCells,
  readIdpUserList,
  USER_LIST_BYTES,
  type IdpUserColumns,
  type IdpUserList,
  type ListColumn,
} from './reconcile/idp-user-list.ts'
export type { Match } from './reconcile/nearest-match.ts'
export {
  listAliases,
  mapAlias,
  previewUpload,
  suggestMatches,
  unmapAlias,
  uploadIdpUsers,
  type Alias,
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
export { previewRollBack, type RollbackPreview } from './enforcement/preview-roll-back.ts'
export { rollBack } from './enforcement/roll-back.ts'
export { TARGETS as ROLL_BACK_TARGETS, type Target } from './enforcement/store/returning.ts'
export {
  getMove,
  leadDomains,
  listMovesFrom,
  MOVE_STEPS,
  startMove,
  type MoveFrom,
  type MoveStep,
  type MoveView,
} from './moves/operations.ts'
export { PLACEHOLDERS, renderNotice } from './notice/notice.ts'
export { firstNotice, inform, recipientsCSV, setNotice } from './notice/operations.ts'
export { tellOfKeptWays } from './break-glass/tell-of-kept-ways.ts'
export { tellOfWrongCodes } from './break-glass/tell-of-wrong-codes.ts'
export type { SendNotice } from './notice/send-notice.ts'
export type { TellContacts } from './break-glass/write-to-contacts.ts'
export {
  addBreakGlass,
  createOwnCodes,
  endBreakGlass,
  listBreakGlass,
  spendRecoveryCode,
  type Owner,
} from './break-glass/operations.ts'
export { listTurns, passTurns, type Turn } from './turns/operations.ts'
export { TURN_STEPS } from './turns/turn.ts'
