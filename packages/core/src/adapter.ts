/**
 * What people who write adapters need beside the shop's API: the port's types, the rules of a partition, and the
 * machines whose states a store keeps.
 */

export { type ErrorCode, HoldfastError, isHoldfastError } from './errors.js'
export type { Duration } from './input/duration.js'
export { durationSchema } from './input/duration.js'
export { idFault } from './input/map.js'
export { parse, parseUnder } from './input/parse.js'
export type { RiskCommand, RiskEvent, RiskOutcome, StrikeState } from './machines/buyer-risk/types.js'
export * as campaign from './machines/campaign/index.js'
export type {
  CampaignCommand,
  CampaignEvent,
  CampaignItem,
  CampaignOutcome,
  CampaignState,
} from './machines/campaign/types.js'
export * as compensation from './machines/compensation/index.js'
export type {
  CompensationCommand,
  CompensationEvent,
  CompensationOutcome,
  CompensationState,
  CompensationStep,
  DoneCompensation,
  ParkedCompensation,
  RequiredCompensation,
} from './machines/compensation/types.js'
export type { Decider, Decision } from './machines/decider.js'
export { unreachable } from './machines/decider.js'
export * as order from './machines/order/index.js'
export type {
  AwaitingPayment,
  CancelledOrder,
  ExpiredOrder,
  OrderCommand,
  OrderEvent,
  OrderLine,
  OrderOutcome,
  OrderState,
  OrderStatus,
  PaidOrder,
  QueuedOrder,
  RefundedOrder,
  RefundRequiredOrder,
  RejectedOrder,
  RolledBackOrder,
} from './machines/order/types.js'
export * as piecedOrder from './machines/pieced-order/index.js'
export type {
  AbortedOrder,
  AdmittedOrder,
  PendingOrder,
  PiecedOrderCommand,
  PiecedOrderEvent,
  PiecedOrderOutcome,
  PiecedOrderState,
} from './machines/pieced-order/types.js'
export * as limit from './machines/purchase-limit/index.js'
export type { LimitCommand, LimitEvent, LimitOutcome, LimitState } from './machines/purchase-limit/types.js'
export * as reservation from './machines/reservation/index.js'
export type {
  Admitted,
  ConfirmedState,
  Deferred,
  ExpiredState,
  Held,
  HeldLine,
  InternalCommand,
  KnownReservation,
  RefundRequiredState,
  ReleasedState,
  ReservationContext,
  ReservationState,
  Retake,
  Taken,
  TombstonedState,
} from './machines/reservation/types.js'
export * as stock from './machines/stock-account/index.js'
export type {
  AccountCorrection,
  StockAccountCommand,
  StockAccountEvent,
  StockAccountOutcome,
  StockAccountState,
} from './machines/stock-account/types.js'
export type {
  GuardCommand,
  GuardEvent,
  GuardOutcome,
  GuardState,
  OpenGuard,
} from './machines/unpaid-order-guard/types.js'
export type { StoreClock } from './memory/clock.js'
export { Layout } from './memory/layout.js'
export { inByteOrder } from './memory/order-of-ids.js'
export { receivedFrom, recordOf } from './messages/envelope.js'
export {
  aggregateIdOf,
  messagesOfEvent,
  orderEventOf,
  type ToldEvent,
} from './messages/event-messages.js'
export { isSameMessage } from './messages/same-message.js'
export { type BatchResult, BatchRunner, ChangedAccounts } from './partition/batch.js'
export { bucketIn, bucketNamed, isTransit } from './partition/bucket-names.js'
export { Carrying, entriesBehind } from './partition/carried.js'
export { TouchedKeys } from './partition/keys.js'
export { ledgerEntry } from './partition/ledger.js'
export {
  homeAt,
  isElsewhere,
  isPieceId,
  isWhole,
  type PieceName,
  type Place,
  pieceNamed,
  placeOf,
} from './partition/piece-names.js'
export type { Cause, PartitionState, PiecedHomes } from './partition/state.js'
export { AccountMap } from './port/account-map.js'
export type { CampaignStore } from './port/campaign-store.js'
export type {
  AccountKey,
  Claims,
  Fingerprint,
  Guard,
  LimitUse,
  RiskGate,
  TableRow,
  Units,
} from './port/claims.js'
export type {
  Command,
  Configure,
  Confirm,
  Correct,
  Extend,
  Fill,
  Judge,
  Release,
  ReleaseCause,
  ReservationCommand,
  Reserve,
  Return,
  RiskEffect,
  Shrink,
  Supply,
  Sweep,
  Transfer,
  Whole,
} from './port/commands.js'
export type { CompensationStore } from './port/compensation-store.js'
export type { Correction, FigureChanges } from './port/corrections.js'
export type {
  Confirmed,
  Expired,
  Extended,
  Filled,
  Granted,
  GrantedLine,
  GrantedUse,
  Movement,
  RefundRequired,
  Released,
  ReservationEvent,
  Returned,
  Shrunk,
  StockAccountEvent as StoredStockEvent,
  StockChanged,
  StockConfigured,
  StoreEvent,
  StrikeTarget,
  Tombstoned,
} from './port/events.js'
export type {
  AccountNames,
  CarriedPosition,
  CarriesFeeds,
  Feed,
  FeedEntry,
  FeedLease,
  FeedPosition,
  KeepsFeed,
} from './port/feed.js'
export type {
  CheckAnswer,
  CheckBudget,
  CheckReport,
  DueCheck,
  HalfMessage,
  HalfMessageStatus,
  HalfMessageStore,
  LocalTransactions,
  PreparedMessage,
} from './port/half-message-store.js'
export type { Inbox, InboxAttempts, InboxStatus, InboxTransaction } from './port/inbox.js'
export type { IncomingRecord, Message, MessageName, OutgoingRecord } from './port/message.js'
export type { Handled, MessageSource, SourceBatch, SourceEvents } from './port/message-source.js'
export type { OrderPage, OrderQuery, OrderStore } from './port/order-store.js'
export type {
  Attempts as SendAttempts,
  KeyName,
  KeyTrouble,
  Outbox,
  OutboxLease,
  OutboxMetrics,
  OutboxWriter,
  ParkedMessage,
  Parking,
  Position,
  WaitingMessage,
} from './port/outbox.js'
export type {
  InsufficientStock,
  Outcome,
  PolicyRefusal,
  PurchaseLimitReached,
  RefundCause,
  Refusal,
  ShortLine,
  Status,
  Unsettled,
} from './port/outcomes.js'
export type {
  Attempt,
  HomeAnswer,
  Piece,
  Pieced,
  PiecedGrant,
  PiecedOutcome,
  PiecedStep,
  RecordedReturn,
} from './port/pieced.js'
export type { Publisher, PublisherCapabilities, Sent } from './port/publisher.js'
export { type Contents, NO_CONTENTS, type Rebuilding, type TellsContents } from './port/rebuilding.js'
export type {
  Applied,
  Capabilities,
  KeptEvent,
  KeyQuery,
  LedgerEntry,
  Listing,
  ListQuery,
  Page,
  Query,
  ReservationEntry,
  ReservationStore,
} from './port/reservation-store.js'
export { EMPTY_PAGE } from './port/reservation-store.js'
