-- How records and stream entries are packed and how they begin; src/records reads the same in TypeScript. Whole numbers up to
-- 2^53 take seven bytes, texts their length in two, positions count from 0.

local pack, unpackAt = struct.pack, struct.unpack
local HELD, DEFERRED, CONFIRMED, RELEASED, EXPIRED, REFUND_REQUIRED, TOMBSTONED = 1, 2, 3, 4, 5, 6, 7
-- How an account stands after a batch, as the stream entry tells it.
local CHANGE = '<BI3I4I7I7I7I7I7'
-- An account as it is kept, in digits: available, reserved, sold, backordered, supplied, archived; when its sale opens and
-- closes; backorder limit and version of the settings; version.
local ACCOUNT = '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+ %S+) (%S+)$'
