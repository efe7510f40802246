export type { AuditReport } from './books/audit.js'
export type { Difference } from './books/differences.js'
export type { LeftBecause, LeftToPeople, PlannedRepair } from './books/plan.js'
export type {
  ReconcileResult,
  ReconciliationPlan,
  Repair,
  RepairOutcome,
} from './books/reconcile.js'
export type {
  PartitionToRebuild,
  RebuildOutcome,
  RebuildPlan,
  RebuildResult,
} from './carrying/rebuild.js'
export type { Drops } from './coalescer/coalescer.js'
export type { BuyerLimit, BuyerStanding } from './desk/buyers.js'
export type { Campaign, CampaignResult, Campaigns } from './desk/campaigns.js'
export type { Compensation, Notify, ResumeResult, RollBackResult } from './desk/compensations.js'
export type {
  DeskLedger,
  DeskOptions,
  DeskStore,
  JoinsTransactions,
  KeepsOutbox,
} from './desk/desk-options.js'
export { DeskWorker, type Round, type WorkerOptions } from './desk/desk-worker.js'
export { OrderDesk } from './desk/order-desk.js'
export type { Order, PlacedOrder, UnitsOf } from './desk/orders-as-told.js'
export type { NotPlaced, Placed, PlaceResult, PreviewResult } from './desk/place-results.js'
export { type Problem, type RefusedResult, toProblem } from './desk/problem.js'
export type { PlaceRefusal, RefundReason, ShortLine } from './desk/refusals.js'
export type {
  CancelResult,
  Exceeds,
  ExtendResult,
  NotSettled,
  PaymentResult,
  RefundResult,
  ReturnResult,
  ShrinkResult,
} from './desk/settling.js'
export type {
  Account,
  ConfigureResult,
  LedgerLine,
  SupplyResult,
  TransferResult,
} from './desk/stocking.js'
export type { ApplicationClock } from './desk/store-time.js'
export type { SubmitResult, TicketResult } from './desk/tickets.js'
export { type ErrorCode, type ErrorDetails, HoldfastError, isHoldfastError } from './errors.js'
export type { HashKey } from './identity/hash-keys.js'
export type { Buyer, ForgiveBuyer, LimitsQuery, TagBuyer, TicketQuery } from './input/buyer.js'
export type {
  CampaignItemInput,
  CampaignReference,
  ChangeCampaignItems,
  ScheduleCampaign,
} from './input/campaign.js'
export type { Duration } from './input/duration.js'
export type { AccountsQuery, LedgerQuery, OrdersQuery, PageQuery } from './input/listing.js'
export type { CallOptions, OrderRequest, PlaceOptions, RequestedLine } from './input/order.js'
export type { PlanRebuild } from './input/rebuild.js'
export type {
  CancelOrder,
  ExtendOrder,
  RecordPayment,
  RecordRefund,
  ReturnUnits,
  RollBackOrder,
  ShrinkOrder,
} from './input/settling.js'
export type { AdjustStock, AvailabilityQuery, ConfigureStock, Restock, TransferStock } from './input/stock.js'
export type { CampaignOutcome } from './machines/campaign/types.js'
export type { CompensationOutcome, CompensationStep } from './machines/compensation/types.js'
export type { OrderLine, OrderOutcome, OrderStatus } from './machines/order/types.js'
export type { StoreClock } from './memory/clock.js'
export { MemoryBroker, type MemoryBrokerOptions } from './memory/messages/broker.js'
export { MemoryHalfMessages, type MemoryHalfMessagesOptions } from './memory/messages/half-messages.js'
export { MemoryInbox, type MemoryInboxOptions } from './memory/messages/inbox.js'
export { MemoryLocalTransactions } from './memory/messages/local-transactions.js'
export { MemoryOutbox, type MemoryOutboxOptions } from './memory/messages/outbox.js'
export { inTransaction, MemoryTransaction } from './memory/messages/transaction.js'
export { MemoryStore, type MemoryStoreOptions } from './memory/store.js'
export {
  type Deduction,
  deductOn,
  rollBackOn,
} from './messages/compensation/roll-back-messages.js'
export { EventConsumer, type EventConsumerOptions } from './messages/consumer/event-consumer.js'
export type { EventHandler, GivenUpHandler } from './messages/consumer/handlers.js'
export type { ReceivedMessage, TopicOf } from './messages/envelope.js'
export { Relay, type RelayOptions } from './messages/relay/relay.js'
export type { PoisonPolicy } from './messages/relay/setting.js'
export { MessageChecker, type MessageCheckerOptions } from './messages/sending/message-checker.js'
export {
  type CheckFunction,
  type HalfMessages,
  Messages,
  type MessagesOptions,
  type NewMessage,
  type SendOptions,
  type SendResult,
} from './messages/sending/messages.js'
export type {
  CalendarUnit,
  IdentityKind,
  IdentityPolicy,
  LimitWindow,
  Policy,
  PoolPolicy,
  PurchaseLimitRule,
  RiskPolicy,
  RuleScope,
  UnpaidOrderRule,
} from './policy/types.js'
export type { AccountKey, TableRow } from './port/claims.js'
export type { Correction, FigureChanges } from './port/corrections.js'
export { type Scheduler, systemScheduler } from './scheduler.js'
